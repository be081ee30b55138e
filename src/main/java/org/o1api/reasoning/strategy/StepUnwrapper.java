package org.o1api.reasoning.strategy;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.reasoning.strategy.StepValueReader.Field;

/**
 * Reads an answer of a model that may go on in the shape of its steps: in place of such an object it gives the content, without the
 * fence or the list around it. It holds back no more than an object whose keys are the protocol's, and of that at most {@value
 * #MAX_HELD} characters.
 *
 * <p>A step begins a line, in its fence or list if there are such, or follows another step. It has no other keys, and a {@code
 * next_action} that is one of the protocol's; without any it needs {@code title} and {@code content} and is the front of the answer, without a fence, and the caller has not asked
 * for JSON. An object of which the caller names all keys is the caller's.
 *
 * <p>Nothing that is decided depends on how the answer was cut into pieces, and what is read again is bounded.
 *
 * <p>If the answer must be JSON, only an object at its front counts, and one that the caller's schema asks for is not held back. A
 * content that is itself JSON is the answer then; another one is not, see {@link #hasWrongFormat}.
 */
final class StepUnwrapper {
    static final int MAX_HELD = 1 << 15;
    /** So many characters of an object are read at once: most of those that are no step show it in their first key. */
    private static final int SLICE_LENGTH = 64;

    private final AnswerFormat format;
    /** What has arrived; it is decided up to the position. */
    private final StringBuilder held = new StringBuilder();

    private int position;
    /** What is the answer, and was not taken. */
    private final StringBuilder ready = new StringBuilder();

    private final PrecedingText precedingText = new PrecedingText();

    private boolean afterStep;
    private final StepSeparator separator = new StepSeparator();

    private @Nullable StepObject object;
    /** Whether a fence begins before the object. */
    private boolean fenceBefore;
    /** Where in the held text the object begins. */
    private int objectStart;
    /** How much of the held text the object has. */
    private int objectRead;
    /** Whether the object is a step of which the front has gone out already. */
    private boolean passesThrough;

    private boolean wrongFormat;
    private boolean ignoresRest;
    private boolean complete;

    StepUnwrapper(AnswerFormat format) {
        this.format = format;
    }

    /** Takes the next piece. */
    void feed(String more) {
        if (!ignoresRest) {
            held.append(more);
            decide();
        }
    }

    /** The answer is complete. */
    void end() {
        complete = true;
        decide();
        if (passesThrough && object != null) {
            object.complete();
            emit(object.drainContent());
            endStep(object);
        }
    }

    /** The answer since this was called last. */
    String drain() {
        String drained = ready.toString();
        ready.setLength(0);
        return drained;
    }

    /** Whether the answer must be JSON, and is a step in place of it. It is held back until {@link #releaseHeld}. */
    boolean hasWrongFormat() {
        return wrongFormat;
    }

    /** Characters that are not decided, or held back. */
    int pendingLength() {
        return held.length();
    }

    /** There is no better answer than one that is foreign. */
    void releaseHeld() {
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

    /** Passes the text up to where an object may begin, or what wraps it. Gives whether that was all. */
    private boolean passUntilMark() {
        int i = position;
        while (i < held.length() && !(isMark(held.charAt(i)) && canStartStep())) {
            precedingText.add(held.charAt(i++));
        }
        ready.append(held, position, i);
        position = i;
        return i == held.length();
    }

    /** Skips what is between two steps, or behind the last one. Gives whether that was all. */
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

    /** The object is the caller's: its first brace goes out, and what follows is text. */
    private boolean passObject() {
        object = null;
        passText(objectStart + 1);
        return true;
    }

    private boolean readStep(StepObject step) {
        String title = step.title();
        String content = step.content().isEmpty() && title != null ? title : step.content();
        if (format.requiresJson()) {
            String json = LeadingObject.withoutFence(content);
            object = null;
            if (!JsonSlices.isObjectOrArray(json)) {
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

    /** A step is a paragraph of its own. */
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
