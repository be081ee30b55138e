package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.model.ErrorCode;

/** Reads the request fields of which the gateway supports some values only, or none. They affect nothing. */
final class RestrictedFields {
    private static final String LOGPROBS = "message.output_text.logprobs";
    private static final String NO_LOGPROBS = " is not supported: an answer needs several model calls. Leave it out.";

    private final JsonReader json;

    RestrictedFields(JsonReader json) {
        this.json = json;
    }

    /**
     * Reads the current value. Skips it if the field is none of these.
     *
     * @throws RequestException if the value is not supported
     */
    void read(String name) {
        switch (name) {
            case "store" -> json.bool(name);
            case "background" -> {
                if (json.bool(name)) {
                    throw unsupported(
                            name,
                            "'background' is not supported. Leave it out; with 'stream' the answer arrives early.");
                }
            }
            case "previous_response_id" -> {
                json.string(name);
                throw new RequestException(
                        ErrorCode.RESPONSE_NOT_FOUND,
                        name,
                        "The response does not exist: this gateway does not store responses. Send the earlier items in 'input'.");
            }
            case "conversation" ->
                throw unsupported(name, "'conversation' is not supported. Send the earlier items in 'input'.");
            case "prompt" -> throw unsupported(name, "'prompt' is not supported. Send 'input' and 'instructions'.");
            case "top_logprobs" -> {
                if (!json.isZero()) {
                    throw unsupported(name, "'top_logprobs'" + NO_LOGPROBS);
                }
            }
            case "include" -> readInclude(name);
            case "stream_options" -> {
                json.require(JsonToken.START_OBJECT, name, "an object");
                json.skip();
            }
            default -> json.skip();
        }
    }

    private void readInclude(String name) {
        json.require(JsonToken.START_ARRAY, name, "a list of strings");
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            String at = name + "[" + i + "]";
            if (json.string(at).equals(LOGPROBS)) {
                throw unsupported(at, "'" + LOGPROBS + "'" + NO_LOGPROBS);
            }
        }
    }

    private static RequestException unsupported(String param, String message) {
        return new RequestException(ErrorCode.UNSUPPORTED_VALUE, param, message);
    }
}
