package org.o1api.api.responses;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
    private static final String PHASES = "phases";
    private static final String CUSTOM_OUTPUTS = "custom_outputs";
    private static final String CUSTOM = "custom";
    private static final String NAMESPACE = "namespace";
    private static final String NAME = "name";

    /**
     * Returns the object to store.
     *
     * @param stored the messages of the input that are stored
     */
    RawJson write(List<Message> stored) {
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
                    json.writeObjectFieldStart(entry.getKey());
                    json.writeBooleanField(CUSTOM, tool.kind() == Kind.CUSTOM);
                    if (tool.namespace() != null) {
                        json.writeStringField(NAMESPACE, tool.namespace());
                    }
                    json.writeStringField(NAME, tool.name());
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
            json.writeNumberField(ITEMS, input.items());
            json.writeObjectFieldStart(PHASES);
            for (Map.Entry<Integer, String> phase : input.phases().entrySet()) {
                json.writeStringField(phase.getKey().toString(), phase.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart(CUSTOM_OUTPUTS);
            for (String callId : input.customOutputs()) {
                json.writeString(callId);
            }
            json.writeEndArray();
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
                    new InputDetails(ItemWriter.count(response.turn().messages()), Map.of(), Set.of()));
        }
        Map<String, RawJson> all = members(echo);
        Map<Integer, String> phases = new LinkedHashMap<>(0);
        members(all.get(PHASES))
                .forEach((index, phase) -> phases.put(Integer.valueOf(index), JsonSlices.string(phase)));
        RawJson outputs = all.get(CUSTOM_OUTPUTS);
        Set<String> customOutputs = new LinkedHashSet<>(0);
        if (outputs != null) {
            JsonSlices.elements(outputs).forEach(callId -> customOutputs.add(JsonSlices.string(callId)));
        }
        RawJson items = all.get(ITEMS);
        return new ResponseEcho(
                members(all.get(SETTINGS)),
                isText(all.get(USAGE), UsageReport.TURN.wireName()) ? UsageReport.TURN : UsageReport.ANSWER,
                !isTrue(all.get(HIDDEN)),
                tools(members(all.get(TOOLS))),
                new InputDetails(items == null ? 0 : Integer.parseInt(items.text()), phases, customOutputs));
    }

    private static ToolNames tools(Map<String, RawJson> stored) {
        Map<String, Tool> tools = new LinkedHashMap<>();
        stored.forEach((providerName, json) -> {
            Map<String, RawJson> tool = members(json);
            RawJson namespace = tool.get(NAMESPACE);
            RawJson name = tool.get(NAME);
            tools.put(
                    providerName,
                    new Tool(
                            isTrue(tool.get(CUSTOM)) ? Kind.CUSTOM : Kind.FUNCTION,
                            namespace == null ? null : JsonSlices.string(namespace),
                            name == null ? providerName : JsonSlices.string(name)));
        });
        return ToolNames.of(tools);
    }

    private static boolean isTrue(@Nullable RawJson value) {
        return value != null && value.text().equals("true");
    }

    private static boolean isText(@Nullable RawJson value, String text) {
        return value != null && JsonSlices.string(value).equals(text);
    }

    private static Map<String, RawJson> members(@Nullable RawJson object) {
        Map<String, RawJson> members = new LinkedHashMap<>();
        if (object != null) {
            JsonSlices.members(object).forEach(member -> members.put(member.name(), member.value()));
        }
        return members;
    }
}
