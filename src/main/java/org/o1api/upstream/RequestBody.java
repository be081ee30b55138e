package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.o1api.json.Json;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/** Writes a call's request as JSON. Equal requests are written as equal bytes, so that the provider's prompt cache works. */
final class RequestBody {
    private RequestBody() {}

    /**
     * Writes the body of a request.
     *
     * @param omitted the fields to omit, or to send under their other name
     * @param reasoning in which fields earlier reasoning is sent
     * @param developerAsSystem whether the role {@code developer} is sent as {@code system}
     */
    static byte[] of(CallRequest request, Set<String> omitted, ReasoningFields reasoning, boolean developerAsSystem) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("model", request.model());
            json.writeArrayFieldStart("messages");
            int index = 0;
            for (Message message : request.messages()) {
                boolean continued = index++ >= request.earlierReasoning().continuedFrom();
                write(message, reasoning.of(message), continued, developerAsSystem, json);
            }
            json.writeEndArray();
            writeFields(request, omitted, json);
            if (!omitted.contains(RejectedFields.STREAM)) {
                json.writeBooleanField(RejectedFields.STREAM, true);
                if (!omitted.contains(RejectedFields.STREAM_OPTIONS)) {
                    json.writeObjectFieldStart(RejectedFields.STREAM_OPTIONS);
                    json.writeBooleanField("include_usage", true);
                    json.writeEndObject();
                }
            }
            json.writeEndObject();
        });
    }

    private static void writeFields(CallRequest request, Set<String> omitted, JsonGenerator json) throws IOException {
        for (Map.Entry<String, RawJson> field : request.fields().entrySet()) {
            String name = field.getKey();
            String other = RejectedFields.alternativeName(name);
            if (omitted.contains(name) && other != null && !omitted.contains(other)) {
                write(other, field.getValue(), json);
            } else if (!omitted.contains(name) || !request.removable().contains(name)) {
                write(name, field.getValue(), json);
            }
        }
    }

    private static void write(
            Message message,
            Map<String, RawJson> reasoning,
            boolean continued,
            boolean developerAsSystem,
            JsonGenerator json)
            throws IOException {
        Role role = message.role() == Role.DEVELOPER && developerAsSystem ? Role.SYSTEM : message.role();
        json.writeStartObject();
        json.writeStringField("role", role.wireName());
        boolean reasoningAsText = continued && ReasoningText.of(reasoning).isEmpty();
        Content content = reasoningAsText ? ReasoningText.prependTo(message) : message.content();
        if (content == null) {
            json.writeNullField("content");
        } else if (content instanceof Content.Text contentText) {
            json.writeStringField("content", contentText.text());
        } else if (content instanceof Content.Parts parts) {
            write("content", parts.json(), json);
        }
        for (Map.Entry<String, RawJson> field : message.fields().entrySet()) {
            write(field.getKey(), field.getValue(), json);
        }
        for (Map.Entry<String, RawJson> field : reasoning.entrySet()) {
            write(field.getKey(), field.getValue(), json);
        }
        json.writeEndObject();
    }

    private static void write(String name, RawJson value, JsonGenerator json) throws IOException {
        json.writeFieldName(name);
        json.writeRawValue(value.text());
    }
}
