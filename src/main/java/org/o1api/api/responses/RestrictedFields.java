package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.model.ErrorCode;

/** Reads the request fields of which the gateway supports some values only, or none. They affect nothing. */
final class RestrictedFields {
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
            case "background" -> {
                if (json.bool(name)) {
                    throw unsupported(
                            name,
                            "'background' is not supported. Leave it out; with 'stream' the answer arrives early.");
                }
            }
            case "prompt" -> throw unsupported(name, "'prompt' is not supported. Send 'input' and 'instructions'.");
            case "top_logprobs" -> {
                if (!json.isZero()) {
                    throw withoutLogprobs(name, name);
                }
            }
            case "stream_options" -> {
                json.require(JsonToken.START_OBJECT, name, "an object");
                json.skip();
            }
            default -> json.skip();
        }
    }

    /** The error for a request of log probabilities. */
    static RequestException withoutLogprobs(String param, String requested) {
        return unsupported(param, "'" + requested + "'" + NO_LOGPROBS);
    }

    private static RequestException unsupported(String param, String message) {
        return new RequestException(ErrorCode.UNSUPPORTED_VALUE, param, message);
    }
}
