package org.o1api.api.messages;

import org.jspecify.annotations.Nullable;
import org.o1api.api.O1Options;
import org.o1api.api.TurnSelection;
import org.o1api.model.Effort;
import org.o1api.model.Mode;
import org.o1api.reasoning.Prompt;

/**
 * A validated request for a message.
 *
 * @param model null: the default preset
 * @param effort null: according to the preset
 * @param options the field {@code x_o1}
 * @param thinking whether and how the client gets the reasoning
 */
record MessageRequest(
        @Nullable String model, Prompt prompt, @Nullable Effort effort, O1Options options, Thinking thinking) {
    /** What a client gets of the reasoning. */
    enum Thinking {
        SHOWN,
        /** Only the signature, which carries the reasoning. */
        OMITTED,
        /** Nothing: there are no thinking blocks. */
        DISABLED
    }

    TurnSelection.Requested requested() {
        return new TurnSelection.Requested(model, Mode.STANDARD, effort, options);
    }
}
