package org.o1api.reasoning.strategy;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One object of the step protocol as it arrives, outside of a step: in an answer, or in the history. */
final class StepObject {
    private final StringBuilder content = new StringBuilder();
    private final ReplyText reply;
    private final ShownText shown = new ShownText(content::append);
    private final StepValues values;
    private final StepText text;

    /** An object in an answer, from its brace on; it may be of any length. */
    StepObject() {
        reply = new ReplyText(Integer.MAX_VALUE);
        values = new StepValues(title -> {}, shown, reply);
        text = StepText.single(reply, shown, values);
    }

    private StepObject(String whole) {
        reply = new ReplyText();
        values = new StepValues(title -> {}, shown, reply);
        text = new StepText(reply, shown, values);
        reply.add(whole);
        complete();
    }

    /** A reply to a step's call, which need not be an object. */
    static StepObject of(String reply) {
        return new StepObject(reply);
    }

    /** Takes the next piece. What comes after the object, or after it turned out to be no step, is not read. */
    void feed(String more) {
        reply.add(more);
        text.read();
        if (text.isClosed()) {
            shown.end();
        } else {
            shown.report();
        }
    }

    /** No more of it comes. */
    void complete() {
        reply.end();
        text.readToEnd();
        values.end();
        shown.end();
    }

    /** What its keys stand for, as far as they have arrived. */
    Set<StepValues.Field> fields() {
        return text.fields();
    }

    /** Whether it has come to its end. */
    boolean isClosed() {
        return text.isClosed();
    }

    /** Whether it turned out to be no step. */
    boolean isNoStep() {
        return text.isNoStep();
    }

    /** How many characters came after it, once it is closed. */
    int unread() {
        return reply.length() - text.end();
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
    String takeContent() {
        String taken = content.toString();
        content.setLength(0);
        return taken;
    }

    /** Title and content as text. */
    String plain() {
        String title = values.title();
        return title == null || content.isEmpty() ? title == null ? content() : title : title + "\n" + content;
    }
}
