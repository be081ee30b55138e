package org.o1api.turn;

import java.util.List;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;
import org.o1api.model.TurnLedger;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;

/**
 * One request and its answer.
 *
 * @param caller the name of the caller's API key
 * @param ledger gets the calls of the turn while it runs, also if the turn fails
 */
public record Turn(String caller, Preset preset, Prompt prompt, Cancellation cancellation, TurnLedger ledger) {
    /** A turn with an empty ledger. */
    public Turn(String caller, Preset preset, Prompt prompt, Cancellation cancellation) {
        this(caller, preset, prompt, cancellation, new TurnLedger());
    }

    /** Returns a copy with other messages: the conversation's history and the new ones. */
    public Turn withMessages(List<Message> messages) {
        return new Turn(caller, preset, prompt.withMessages(messages), cancellation, ledger);
    }
}
