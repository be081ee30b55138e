package org.o1api.reasoning.strategy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One object of the step protocol as it arrives, outside of a step: in an answer, or in the history. */
final class StepObject {
    private final StringBuilder content = new StringBuilder();
    private final ReplyCursor reply;
    private final TextEmitter emitter = new TextEmitter(content::append);
    private final StepValueReader values;
    private final StepParser text;

    /** An object in an answer, from its brace on; it may be of any length. */
    StepObject() {
        reply = new ReplyCursor(Integer.MAX_VALUE);
        values = new StepValueReader(title -> {}, emitter, reply);
        text = StepParser.singleObject(reply, emitter, values);
    }

    private StepObject(String whole) {
        reply = new ReplyCursor();
        values = new StepValueReader(title -> {}, emitter, reply);
        text = new StepParser(reply, emitter, values);
        reply.append(whole);
        complete();
    }

    /** A reply to a step's call, which need not be an object. */
    static StepObject of(String reply) {
        return new StepObject(reply);
    }

    /** Takes the next piece. What comes after the object, or after it turned out to be no step, is not read. */
    void feed(String more) {
        reply.append(more);
        text.read();
        if (text.isClosed()) {
            emitter.finish();
        } else {
            emitter.emit();
        }
    }

    /** No more of it comes. */
    void complete() {
        reply.end();
        text.readToEnd();
        values.end();
        emitter.finish();
    }

    /** What its keys stand for, as far as they have arrived. */
    Set<StepValueReader.Field> keys() {
        return text.keys();
    }

    /** Whether it has come to its end. */
    boolean isClosed() {
        return text.isClosed();
    }

    /** Whether it turned out to be no step. */
    boolean isNotAStep() {
        return text.isNotAStep();
    }

    /** How many characters came after it, once it is closed. */
    int unreadLength() {
        return reply.length() - text.objectEnd();
    }

    @Nullable
    String title() {
        return values.title();
    }

    /** Whether it says what comes next, in one of the words that a step has for it. */
    boolean hasNextAction() {
        return values.nextAction() != null;
    }

    /** Whether it says that the reasoning is complete. */
    boolean concludes() {
        return values.nextAction() == Step.NextAction.FINAL_ANSWER;
    }

    /** The content as far as it has arrived. */
    String content() {
        return content.toString();
    }

    /** The content since this was called last. */
    String drainContent() {
        String drained = content.toString();
        content.setLength(0);
        return drained;
    }

    /** Title and content as text. */
    String toPlainText() {
        String title = values.title();
        return title == null || content.isEmpty() ? title == null ? content() : title : title + "\n" + content;
    }
}
