package org.o1api.api.responses;

import static org.o1api.api.RequestException.require;

import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/**
 * The field {@code text}: the form of the answer.
 *
 * @param responseFormat as {@code response_format} of the Chat Completions API; null: plain text
 * @param verbosity null: not specified
 * @param repeated as the response repeats it
 */
record TextOptions(
        @Nullable RawJson responseFormat, @Nullable RawJson verbosity, RawJson repeated) {
    private static final String PATH = "text";
    private static final Set<String> VERBOSITIES = Set.of("low", "medium", "high");

    /**
     * Reads the field.
     *
     * @throws RequestException if it is invalid
     */
    static TextOptions read(RawJson text) {
        Fields fields = new Fields(text, PATH);
        String verbosity = fields.string("verbosity");
        if (verbosity != null) {
            require(VERBOSITIES.contains(verbosity), fields.path("verbosity"), "one of low, medium, high");
        }
        Fields format = fields.fields("format");
        Format read = format == null ? Format.TEXT : Format.read(format);
        return new TextOptions(
                read.responseFormat,
                fields.get("verbosity"),
                new RawJson("{\"format\":" + read.repeated
                        + (verbosity == null ? "" : ",\"verbosity\":" + JsonSlices.quoted(verbosity)) + "}"));
    }

    /** The key {@code format}. */
    private record Format(@Nullable RawJson responseFormat, String repeated) {
        static final Format TEXT = new Format(null, "{\"type\":\"text\"}");
        private static final String JSON_OBJECT = "{\"type\":\"json_object\"}";

        static Format read(Fields format) {
            return switch (format.requiredString("type")) {
                case "text" -> TEXT;
                case "json_object" -> new Format(new RawJson(JSON_OBJECT), JSON_OBJECT);
                case "json_schema" -> schema(format);
                default ->
                    throw new RequestException(
                            ErrorCode.INVALID_REQUEST,
                            format.path("type"),
                            "'" + format.path("type") + "' must be one of text, json_object, json_schema.");
            };
        }

        private static Format schema(Fields format) {
            String name = format.requiredName("name");
            RawJson schema = format.object("schema");
            if (schema == null) {
                throw RequestException.missing(format.path("schema"));
            }
            String description = format.string("description");
            RawJson strict = format.bool("strict");
            StringJoiner fields = new StringJoiner(",");
            fields.add("\"name\":" + JsonSlices.quoted(name));
            if (description != null) {
                fields.add("\"description\":" + JsonSlices.quoted(description));
            }
            fields.add("\"schema\":" + schema);
            String repeated =
                    "{\"type\":\"json_schema\"," + fields + ",\"strict\":" + (strict == null ? "false" : strict) + "}";
            if (strict != null) {
                fields.add("\"strict\":" + strict);
            }
            return new Format(new RawJson("{\"type\":\"json_schema\",\"json_schema\":{" + fields + "}}"), repeated);
        }
    }
}
