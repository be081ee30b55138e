package org.o1api.turn;

import java.util.List;
import org.o1api.llm.Message;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Question;
import org.o1api.upstream.Cancellation;

/**
 * One request and its answer.
 *
 * @param caller who asked, by the name of the key
 */
public record Turn(String caller, Preset preset, Question question, Cancellation cancellation) {
    /** The same turn with other messages: what its conversation has, and what is new. */
    public Turn saying(List<Message> messages) {
        return new Turn(caller, preset, question.saying(messages), cancellation);
    }
}
