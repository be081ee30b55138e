package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why a message ended.
 *
 * @param reason null: it has not ended
 * @param sequence the stop sequence of the request at which it ended; null: none, or the provider does not name it
 */
record MessageStop(@Nullable String reason, @Nullable String sequence) {
    static final MessageStop NONE = new MessageStop(null, null);

    void write(JsonGenerator json) throws IOException {
        json.writeStringField("stop_reason", reason);
        json.writeStringField("stop_sequence", sequence);
    }
}
