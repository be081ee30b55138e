package org.o1api.api.responses;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.items.CalledTool;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.conversation.StoredResponse;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.UsageReport;

/**
 * What is stored with a turn to show its response again: what its messages and events do not say.
 *
 * @param settings what the response repeats of the request, by field
 * @param usage what {@code usage} reports
 * @param showsReasoning whether the response has a reasoning item
 * @param tools the tools of the request; only those that the provider knows by another name, or as another kind, are stored
 */
record ResponseEcho(
        Map<String, RawJson> settings, UsageReport usage, boolean showsReasoning, ToolNames tools, InputDetails input) {
    private static final String SETTINGS = "settings";
    private static final String USAGE = "usage";
    private static final String HIDDEN = "hides_reasoning";
    private static final String TOOLS = "tools";
    private static final String ITEMS = "input_items";
    private static final String MESSAGES = "messages";

    /**
     * Returns the object to store.
     *
     * @param messages the messages of the input
     * @param stored those that are stored
     */
    RawJson write(List<Message> messages, List<Message> stored) {
        return ResponseSettings.object(json -> {
            json.writeObjectFieldStart(SETTINGS);
            for (Map.Entry<String, RawJson> setting : settings.entrySet()) {
                json.writeFieldName(setting.getKey());
                Json.writeRaw(json, setting.getValue());
            }
            json.writeEndObject();
            json.writeStringField(USAGE, usage.wireName());
            json.writeBooleanField(HIDDEN, !showsReasoning);
            json.writeObjectFieldStart(TOOLS);
            for (Map.Entry<String, Tool> entry : tools.all().entrySet()) {
                Tool tool = entry.getValue();
                if (tool.kind() == Kind.CUSTOM || tool.namespace() != null) {
                    json.writeFieldName(entry.getKey());
                    InputDetails.write(new CalledTool(tool.kind() == Kind.CUSTOM, tool.namespace(), tool.name()), json);
                }
            }
            json.writeEndObject();
            json.writeNumberField(ITEMS, input.items());
            json.writeFieldName(MESSAGES);
            input.of(messages, stored).write(json);
        });
    }

    /** What is known of a stored turn, which may be one of another API surface. */
    static ResponseEcho of(StoredResponse response) {
        RawJson echo = response.turn().echo();
        if (echo == null) {
            Map<String, RawJson> settings = ResponseSettings.defaults();
            settings.put("reasoning", new RawJson("{\"effort\":null,\"summary\":null}"));
            if (response.conversation() != null) {
                settings.put(StateReader.CONVERSATION, ResponseSettings.conversation(response.conversation()));
            }
            return new ResponseEcho(
                    settings,
                    UsageReport.ANSWER,
                    true,
                    new ToolNames(List.of()),
                    new InputDetails(ItemWriter.count(response.turn().messages()), Map.of()));
        }
        Map<String, RawJson> all = InputDetails.members(echo);
        RawJson items = all.get(ITEMS);
        return new ResponseEcho(
                InputDetails.members(all.get(SETTINGS)),
                isText(all.get(USAGE), UsageReport.TURN.wireName()) ? UsageReport.TURN : UsageReport.ANSWER,
                !isTrue(all.get(HIDDEN)),
                tools(InputDetails.members(all.get(TOOLS))),
                InputDetails.read(items == null ? 0 : Integer.parseInt(items.text()), all.get(MESSAGES)));
    }

    private static ToolNames tools(Map<String, RawJson> stored) {
        Map<String, Tool> tools = new LinkedHashMap<>();
        stored.forEach((providerName, json) -> {
            CalledTool tool = InputDetails.readTool(json);
            tools.put(
                    providerName,
                    new Tool(tool.isCustom() ? Kind.CUSTOM : Kind.FUNCTION, tool.namespace(), tool.name()));
        });
        return ToolNames.of(tools);
    }

    private static boolean isTrue(@Nullable RawJson value) {
        return value != null && value.text().equals("true");
    }

    private static boolean isText(@Nullable RawJson value, String text) {
        return value != null && JsonSlices.string(value).equals(text);
    }
}
