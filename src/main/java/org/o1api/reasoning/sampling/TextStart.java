package org.o1api.reasoning.sampling;

import org.o1api.reasoning.text.ThinkSplitter;

/** The start of a reply's text: the model's own reasoning, if it is there in think blocks, until the text after it is known. */
final class TextStart {
    private final ThinkSplitter think;
    /** All text so far. */
    private final StringBuilder text = new StringBuilder();
    /** The number of characters that the splitter has read. */
    private int position;

    /**
     * Creates an empty start.
     *
     * @param startsThinking whether the text starts inside the model's own reasoning, without an opening tag
     * @param reasoning receives the model's own reasoning
     */
    TextStart(boolean startsThinking, ThinkSplitter.Sink reasoning) {
        think = ThinkSplitter.ofAnswer(reasoning);
        if (startsThinking) {
            think.startInReasoning();
        }
    }

    /** Adds text. */
    void add(String more) {
        text.append(more);
        read(false);
    }

    /** The text is complete. */
    void end() {
        read(true);
    }

    private void read(boolean complete) {
        position = think.read(text, position, complete);
    }

    /** Whether the text after the model's own reasoning has started. */
    boolean isOver() {
        return think.isDone();
    }

    /** All text so far. */
    CharSequence text() {
        return text;
    }

    /** The number of characters before the text after the model's own reasoning. Valid if it has started. */
    int length() {
        return position;
    }
}
