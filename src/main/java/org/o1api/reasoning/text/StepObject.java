package org.o1api.reasoning.text;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A step object outside of a step's reply: in an answer that continues the step format, or in the history. */
public final class StepObject {
    private final StringBuilder content = new StringBuilder();
    private final ReplyCursor reply;
    private final TextEmitter emitter = new TextEmitter(content::append);
    private final StepValueReader values;
    private final StepParser parser;

    /** Reads an object in an answer, from its opening brace on; without a length limit. */
    StepObject() {
        reply = new ReplyCursor(Integer.MAX_VALUE);
        values = new StepValueReader(title -> {}, emitter, reply);
        parser = StepParser.singleObject(reply, emitter, values);
    }

    private StepObject(String whole) {
        reply = new ReplyCursor();
        values = new StepValueReader(title -> {}, emitter, reply);
        parser = new StepParser(reply, emitter, values);
        reply.append(whole);
        complete();
    }

    /** Reads the reply to a step's call, which is not necessarily an object. */
    public static StepObject of(String reply) {
        return new StepObject(reply);
    }

    /** Adds text. Text after the object, or after it turned out not to be a step, is not read. */
    void feed(String more) {
        reply.append(more);
        parser.read();
        if (parser.isClosed()) {
            emitter.finish();
        } else {
            emitter.emit();
        }
    }

    /** No more text follows. */
    void complete() {
        reply.end();
        parser.readToEnd();
        values.end();
        emitter.finish();
    }

    /** The step keys that the object has so far. */
    Set<StepValueReader.Field> keys() {
        return parser.keys();
    }

    /** Whether the text contains a step object. */
    public boolean hasKeys() {
        return !keys().isEmpty();
    }

    /** Whether the object is complete. */
    boolean isClosed() {
        return parser.isClosed();
    }

    /** Whether the object turned out not to be a step. */
    boolean isNotAStep() {
        return parser.isNotAStep();
    }

    /** The number of characters after the complete object. */
    int unreadLength() {
        return reply.length() - parser.objectEnd();
    }

    /** The title; null if it is missing. */
    public @Nullable String title() {
        return values.title();
    }

    /** Whether the object has a valid {@code next_action}. */
    boolean hasNextAction() {
        return values.nextAction() != null;
    }

    /** Whether the model wants to give the final answer. */
    public boolean concludes() {
        return values.nextAction() == Step.NextAction.FINAL_ANSWER;
    }

    /** The content that has arrived. */
    public String content() {
        return content.toString();
    }

    /** Returns the content since the last call. */
    String drainContent() {
        String drained = content.toString();
        content.setLength(0);
        return drained;
    }

    /** Title and content as plain text. */
    public String toPlainText() {
        String title = values.title();
        return title == null || content.isEmpty() ? title == null ? content() : title : title + "\n" + content;
    }
}
