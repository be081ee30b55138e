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
 * @param caller who sent the request, by the name of the key
 * @param ledger gets the turn's calls while it runs, also those of a turn that fails
 */
public record Turn(String caller, Preset preset, Prompt prompt, Cancellation cancellation, TurnLedger ledger) {
    /** A turn without calls. */
    public Turn(String caller, Preset preset, Prompt prompt, Cancellation cancellation) {
        this(caller, preset, prompt, cancellation, new TurnLedger());
    }

    /** The same turn with other messages: what its conversation has, and what is new. */
    public Turn withMessages(List<Message> messages) {
        return new Turn(caller, preset, prompt.withMessages(messages), cancellation, ledger);
    }
}
