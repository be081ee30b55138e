package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.items.CalledTool;
import org.o1api.api.items.MessageDetails;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * What the messages of an input do not say about its items.
 *
 * @param items their number, without those that become no part of a message
 * @param messages what each message does not say, by its index; nothing of those that are absent
 */
record InputDetails(int items, Map<Integer, MessageDetails> messages) {
    private static final String PHASE = "phase";
    private static final String CUSTOM_OUTPUT = "custom_output";
    private static final String TOOLS = "tools";
    private static final String CUSTOM = "custom";
    private static final String NAMESPACE = "namespace";
    private static final String NAME = "name";

    InputDetails {
        messages = Collections.unmodifiableMap(new LinkedHashMap<>(messages));
    }

    /**
     * The details of some of the messages.
     *
     * @param all the messages of the input
     * @param some the same objects
     */
    InputDetails of(List<Message> all, List<Message> some) {
        IdentityHashMap<Message, MessageDetails> byMessage = new IdentityHashMap<>();
        messages.forEach((index, details) -> byMessage.put(all.get(index), details));
        Map<Integer, MessageDetails> found = new LinkedHashMap<>(0);
        for (int i = 0; i < some.size(); i++) {
            MessageDetails details = byMessage.get(some.get(i));
            if (details != null) {
                found.put(i, details);
            }
        }
        return new InputDetails(items, found);
    }

    /** Writes the details of the messages as an object. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Map.Entry<Integer, MessageDetails> message : messages.entrySet()) {
            MessageDetails details = message.getValue();
            json.writeObjectFieldStart(message.getKey().toString());
            if (details.phase() != null) {
                json.writeStringField(PHASE, details.phase());
            }
            if (details.isCustomOutput()) {
                json.writeBooleanField(CUSTOM_OUTPUT, true);
            }
            if (!details.tools().isEmpty()) {
                json.writeObjectFieldStart(TOOLS);
                for (Map.Entry<Integer, CalledTool> tool : details.tools().entrySet()) {
                    json.writeFieldName(tool.getKey().toString());
                    write(tool.getValue(), json);
                }
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static InputDetails read(int items, @Nullable RawJson messages) {
        Map<Integer, MessageDetails> all = new LinkedHashMap<>(0);
        members(messages).forEach((index, json) -> {
            Map<String, RawJson> details = members(json);
            RawJson phase = details.get(PHASE);
            Map<Integer, CalledTool> tools = new LinkedHashMap<>(0);
            members(details.get(TOOLS)).forEach((call, tool) -> tools.put(Integer.valueOf(call), readTool(tool)));
            all.put(
                    Integer.valueOf(index),
                    new MessageDetails(
                            phase == null ? null : JsonSlices.string(phase),
                            details.containsKey(CUSTOM_OUTPUT),
                            tools));
        });
        return new InputDetails(items, all);
    }

    static void write(CalledTool tool, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeBooleanField(CUSTOM, tool.isCustom());
        if (tool.namespace() != null) {
            json.writeStringField(NAMESPACE, tool.namespace());
        }
        json.writeStringField(NAME, tool.name());
        json.writeEndObject();
    }

    static CalledTool readTool(RawJson json) {
        Map<String, RawJson> tool = members(json);
        RawJson namespace = tool.get(NAMESPACE);
        RawJson name = tool.get(NAME);
        return new CalledTool(
                new RawJson("true").equals(tool.get(CUSTOM)),
                namespace == null ? null : JsonSlices.string(namespace),
                name == null ? "" : JsonSlices.string(name));
    }

    /** The members of an object; none if it is absent. */
    static Map<String, RawJson> members(@Nullable RawJson object) {
        Map<String, RawJson> members = new LinkedHashMap<>();
        if (object != null) {
            JsonSlices.members(object).forEach(member -> members.put(member.name(), member.value()));
        }
        return members;
    }
}
