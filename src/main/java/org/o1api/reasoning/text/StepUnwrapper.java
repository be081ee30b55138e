package org.o1api.reasoning.text;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.text.StepValueReader.Field;

/**
 * Replaces step objects in an answer by their content, for models that continue to use the step format. The fence or array
 * around the objects is removed too. Text is held back only while it may be a step, at most {@value #MAX_HELD} characters.
 *
 * <p>A step starts a line, directly or inside a fence or array, or follows another step. It has only step keys and a valid
 * {@code next_action}. Without a {@code next_action} it must have {@code title} and {@code content} and start the answer
 * without a fence, and the caller must not mention JSON. If the caller mentions all keys of an object, the object is part of
 * the answer.
 *
 * <p>If the answer must be JSON, only an object at the start counts as a step, and an object that the caller's schema asks for
 * is not held back. If the step's content is JSON, it becomes the answer; otherwise see {@link #hasWrongFormat}.
 *
 * <p>The result does not depend on how the answer is split into deltas, and the amount of text that is read again is limited.
 */
public final class StepUnwrapper implements AnswerFilter {
    /** Objects are read in slices of this many characters: most objects other than steps are recognized by their first key. */
    private static final int SLICE_LENGTH = 64;

    private final AnswerFormat format;
    /** The text that has arrived; decided up to {@code position}. */
    private final StringBuilder held = new StringBuilder();

    private int position;
    /** Answer text that was not drained yet. */
    private final StringBuilder ready = new StringBuilder();

    private final PrecedingText precedingText = new PrecedingText();

    private boolean afterStep;
    private final StepSeparator separator = new StepSeparator();

    private @Nullable StepObject object;
    /** Whether a fence starts before the object. */
    private boolean fenceBefore;
    /** The start of the object in {@code held}. */
    private int objectStart;
    /** The index in {@code held} up to which the object was read. */
    private int objectRead;
    /** Whether the object is a step that was too long to hold, so that its content is passed on as it arrives. */
    private boolean passesThrough;

    private boolean wrongFormat;
    private boolean ignoresRest;
    private boolean complete;

    /** Creates a filter of an answer that must have this format. */
    public StepUnwrapper(AnswerFormat format) {
        this.format = format;
    }

    @Override
    public void feed(String more) {
        if (!ignoresRest) {
            held.append(more);
            decide();
        }
    }

    @Override
    public void end() {
        complete = true;
        decide();
        if (passesThrough && object != null) {
            object.complete();
            emit(object.drainContent());
            endStep(object);
        }
    }

    @Override
    public String drain() {
        String drained = ready.toString();
        ready.setLength(0);
        return drained;
    }

    /** Whether the answer must be JSON but is a step. */
    @Override
    public boolean hasWrongFormat() {
        return wrongFormat;
    }

    @Override
    public int pendingLength() {
        return held.length();
    }

    @Override
    public void releaseHeld() {
        if (wrongFormat) {
            wrongFormat = false;
            ignoresRest = true;
            ready.append(held);
            held.setLength(0);
        }
    }

    private void decide() {
        if (format.mentionsAllStepKeys()) {
            passText(held.length());
        }
        boolean progressed = true;
        while (progressed && !wrongFormat && position < held.length()) {
            progressed = object != null ? readObject(object) : readText();
        }
        held.delete(0, position);
        objectStart -= position;
        objectRead -= position;
        position = 0;
    }

    private boolean readText() {
        if (afterStep ? skipSeparator() : passUntilMark()) {
            return false;
        }
        int mark = position;
        while (mark < held.length() && ReplyCursor.isSpace(held.charAt(mark))) {
            mark++;
        }
        int at = isMark(held.charAt(mark)) ? LeadingObject.find(held, position) : ReplyCursor.NOT_FOUND;
        if (at == ReplyCursor.NEED_MORE && !complete) {
            return false;
        }
        if (at < 0) {
            passText(mark + 1);
            return true;
        }
        fenceBefore = held.substring(position, at).indexOf('`') >= 0;
        object = new StepObject();
        objectStart = at;
        objectRead = at;
        return true;
    }

    /** Passes on the text before the next possible start of an object or its wrapping. Returns whether no text is left. */
    private boolean passUntilMark() {
        int i = position;
        while (i < held.length() && !(isMark(held.charAt(i)) && canStartStep())) {
            precedingText.add(held.charAt(i++));
        }
        ready.append(held, position, i);
        position = i;
        return i == held.length();
    }

    /** Skips what separates two steps or follows the last one. Returns whether no text is left. */
    private boolean skipSeparator() {
        position = separator.skip(held, position, complete);
        return !separator.hasEnded();
    }

    private boolean canStartStep() {
        return precedingText.canStartStep() && !(format.requiresJson() && precedingText.length() > 0);
    }

    private static boolean isMark(char c) {
        return c == '{' || c == '`' || c == '[';
    }

    private boolean readObject(StepObject current) {
        int limit = passesThrough ? held.length() : Math.min(held.length(), objectStart + MAX_HELD);
        boolean first = format.requiresJson() && current.keys().isEmpty();
        int next = Math.min(objectRead + (first ? 1 : SLICE_LENGTH), limit);
        current.feed(held.substring(objectRead, next));
        objectRead = next;
        if (passesThrough) {
            return passContent(current);
        }
        if (first && format.schemaMatches(current.keys())) {
            return passObject();
        }
        if (current.isClosed()) {
            return isStep(current) ? readStep(current) : passObject();
        }
        if (current.isNotAStep()) {
            return passObject();
        }
        if (objectRead < limit) {
            return true;
        }
        if (objectRead - objectStart < MAX_HELD) {
            if (!complete) {
                return false;
            }
            current.complete();
            return isStep(current) ? readStep(current) : passObject();
        }
        if (format.requiresJson() || !isStep(current)) {
            return passObject();
        }
        passesThrough = true;
        addSeparator();
        return passContent(current);
    }

    private boolean isStep(StepObject current) {
        Set<Field> keys = current.keys();
        if (keys.isEmpty() || current.isNotAStep() || format.mentionsAll(keys)) {
            return false;
        }
        if (keys.contains(Field.NEXT_ACTION) && (current.hasNextAction() || current.isClosed())) {
            return current.hasNextAction() && (keys.size() > 1 || precedingText.length() == 0);
        }
        return keys.contains(Field.CONTENT)
                && keys.contains(Field.TITLE)
                && !format.requiresJson()
                && !format.mentionsJson()
                && !fenceBefore
                && precedingText.length() == 0;
    }

    /** The object is part of the answer: passes on its brace and treats the rest as text. */
    private boolean passObject() {
        object = null;
        passText(objectStart + 1);
        return true;
    }

    private boolean readStep(StepObject step) {
        String title = step.title();
        String content = step.content().isEmpty() && title != null ? title : step.content();
        if (format.requiresJson()) {
            String json = format.jsonIn(content);
            object = null;
            if (json == null) {
                wrongFormat = true;
                return false;
            }
            position = held.length();
            ignoresRest = true;
            emit(json);
            return false;
        }
        addSeparator();
        emit(content);
        endStep(step);
        return true;
    }

    private boolean passContent(StepObject step) {
        emit(step.drainContent());
        if (step.isClosed()) {
            endStep(step);
        } else {
            position = objectRead;
        }
        return position < held.length();
    }

    private void endStep(StepObject step) {
        separator.startAfterStep(fenceBefore);
        position = step.isClosed() ? objectRead - step.unreadLength() : held.length();
        object = null;
        passesThrough = false;
        afterStep = true;
        precedingText.startParagraph();
    }

    private void passText(int end) {
        addSeparator();
        String text = held.substring(position, end);
        position = end;
        emit(text);
    }

    /** Makes a step a paragraph of its own. */
    private void addSeparator() {
        if (afterStep) {
            ready.append("\n\n");
            afterStep = false;
        }
    }

    private void emit(String text) {
        ready.append(text);
        precedingText.add(text);
    }
}
