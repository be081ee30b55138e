package org.o1api.reasoning.sampling;

import org.o1api.model.TurnEvent;

/**
 * Receives the parts of a reply as they arrive. Texts are whole characters, without white space at the start and the end of a part. All
 * reasoning comes before the first answer event.
 */
public interface SampleListener {
    /** A step of the reasoning starts. */
    void onStep(String title);

    /** A piece of the reasoning: of the step that started last, or before any step. Never empty. */
    void onReasoning(String text);

    /** A piece of the answer: text, a refusal, an image or a tool call. */
    void onAnswer(TurnEvent event);
}
