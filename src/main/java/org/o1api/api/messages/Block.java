package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.function.Consumer;
import org.o1api.json.Json;

/** A content block of a message, which grows until it is complete. */
abstract class Block {
    /** Nothing follows that belongs to this block, as far as the events so far tell. */
    private boolean followed;

    private boolean ended;
    private boolean cut;

    /** Another block begins. */
    void follow() {
        followed = true;
    }

    /**
     * The message is complete.
     *
     * @param isCut whether the model was stopped before it had ended
     */
    void end(boolean isCut) {
        ended = true;
        cut = isCut;
    }

    /** Whether another block has begun, or the message is complete. */
    boolean isFollowed() {
        return followed || ended;
    }

    /** Whether the message is complete. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the model was stopped before it had ended the message, which may have been in this block. */
    boolean isCut() {
        return cut;
    }

    /** Whether nothing can be added to the block. */
    boolean isComplete() {
        return isFollowed();
    }

    /** Whether the block may begin in a stream. */
    boolean canStart() {
        return true;
    }

    /** Whether the block belongs to the message. Decided when it is complete. */
    boolean isIncluded() {
        return true;
    }

    /**
     * Fails if the provider has sent what no message may contain.
     *
     * @throws InvalidCallException if the arguments of a call are not an object
     */
    void check() {}

    /** Reports what was added since the last call, each as the fields of a delta. */
    abstract void takeDeltas(Consumer<Json.ValueWriter> deltas);

    /** Writes the fields that a block has before its first delta. */
    abstract void writeStart(JsonGenerator json) throws IOException;

    /** Writes the fields of the complete block. */
    abstract void write(JsonGenerator json) throws IOException;
}
