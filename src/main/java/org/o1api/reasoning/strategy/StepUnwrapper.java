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
    private static final int SLICE = 64;

    private final AnswerFormat form;
    /** What has arrived; it is decided up to the position. */
    private final StringBuilder held = new StringBuilder();

    private int position;
    /** What is the answer, and was not taken. */
    private final StringBuilder ready = new StringBuilder();

    private final PrecedingText said = new PrecedingText();

    private boolean afterStep;
    private final StepSeparator gap = new StepSeparator();

    private @Nullable StepObject object;
    /** Whether a fence begins before the object. */
    private boolean fenceBefore;
    /** Where in the held text the object begins. */
    private int begin;
    /** How much of the held text the object has. */
    private int read;
    /** Whether the object is a step of which the front has gone out already. */
    private boolean live;

    private boolean foreign;
    private boolean dropsRest;
    private boolean ended;

    StepUnwrapper(AnswerFormat form) {
        this.form = form;
    }

    /** Takes the next piece. */
    void feed(String more) {
        if (!dropsRest) {
            held.append(more);
            decide();
        }
    }

    /** The answer is complete. */
    void end() {
        ended = true;
        decide();
        if (live && object != null) {
            object.complete();
            say(object.drainContent());
            endStep(object);
        }
    }

    /** The answer since this was called last. */
    String drain() {
        String taken = ready.toString();
        ready.setLength(0);
        return taken;
    }

    /** Whether the answer must be JSON, and is a step in place of it. It is held back until {@link #releaseHeld}. */
    boolean hasWrongFormat() {
        return foreign;
    }

    /** Characters that are not decided, or held back. */
    int pendingLength() {
        return held.length();
    }

    /** There is no better answer than one that is foreign. */
    void releaseHeld() {
        if (foreign) {
            foreign = false;
            dropsRest = true;
            ready.append(held);
            held.setLength(0);
        }
    }

    private void decide() {
        if (form.mentionsAllStepKeys()) {
            pass(held.length());
        }
        boolean goesOn = true;
        while (goesOn && !foreign && position < held.length()) {
            goesOn = object != null ? readObject(object) : readText();
        }
        held.delete(0, position);
        begin -= position;
        read -= position;
        position = 0;
    }

    private boolean readText() {
        if (afterStep ? skipGap() : passText()) {
            return false;
        }
        int mark = position;
        while (mark < held.length() && ReplyCursor.isSpace(held.charAt(mark))) {
            mark++;
        }
        int at = isMark(held.charAt(mark)) ? LeadingObject.find(held, position) : ReplyCursor.NOT_FOUND;
        if (at == ReplyCursor.NEED_MORE && !ended) {
            return false;
        }
        if (at < 0) {
            pass(mark + 1);
            return true;
        }
        fenceBefore = held.substring(position, at).indexOf('`') >= 0;
        object = new StepObject();
        begin = at;
        read = at;
        return true;
    }

    /** Passes the text up to where an object may begin, or what wraps it. Gives whether that was all. */
    private boolean passText() {
        int i = position;
        while (i < held.length() && !(isMark(held.charAt(i)) && mayBeginStep())) {
            said.add(held.charAt(i++));
        }
        ready.append(held, position, i);
        position = i;
        return i == held.length();
    }

    /** Skips what is between two steps, or behind the last one. Gives whether that was all. */
    private boolean skipGap() {
        position = gap.skip(held, position, ended);
        return !gap.hasEnded();
    }

    private boolean mayBeginStep() {
        return said.canStartStep() && !(form.requiresJson() && said.length() > 0);
    }

    private static boolean isMark(char c) {
        return c == '{' || c == '`' || c == '[';
    }

    private boolean readObject(StepObject current) {
        int limit = live ? held.length() : Math.min(held.length(), begin + MAX_HELD);
        boolean first = form.requiresJson() && current.keys().isEmpty();
        int next = Math.min(read + (first ? 1 : SLICE), limit);
        current.feed(held.substring(read, next));
        read = next;
        if (live) {
            return readLive(current);
        }
        if (first && form.schemaMatches(current.keys())) {
            return passObject();
        }
        if (current.isClosed()) {
            return isStep(current) ? readStep(current) : passObject();
        }
        if (current.isNotAStep()) {
            return passObject();
        }
        if (read < limit) {
            return true;
        }
        if (read - begin < MAX_HELD) {
            if (!ended) {
                return false;
            }
            current.complete();
            return isStep(current) ? readStep(current) : passObject();
        }
        if (form.requiresJson() || !isStep(current)) {
            return passObject();
        }
        live = true;
        separate();
        return readLive(current);
    }

    private boolean isStep(StepObject current) {
        Set<Field> keys = current.keys();
        if (keys.isEmpty() || current.isNotAStep() || form.mentionsAll(keys)) {
            return false;
        }
        if (keys.contains(Field.NEXT_ACTION) && (current.hasNextAction() || current.isClosed())) {
            return current.hasNextAction() && (keys.size() > 1 || said.length() == 0);
        }
        return keys.contains(Field.CONTENT)
                && keys.contains(Field.TITLE)
                && !form.requiresJson()
                && !form.mentionsJson()
                && !fenceBefore
                && said.length() == 0;
    }

    /** The object is the caller's: its first brace goes out, and what follows is text. */
    private boolean passObject() {
        object = null;
        pass(begin + 1);
        return true;
    }

    private boolean readStep(StepObject step) {
        String title = step.title();
        String content = step.content().isEmpty() && title != null ? title : step.content();
        if (form.requiresJson()) {
            String json = LeadingObject.withoutFence(content);
            object = null;
            if (!JsonSlices.isObjectOrArray(json)) {
                foreign = true;
                return false;
            }
            position = held.length();
            dropsRest = true;
            say(json);
            return false;
        }
        separate();
        say(content);
        endStep(step);
        return true;
    }

    private boolean readLive(StepObject step) {
        say(step.drainContent());
        if (step.isClosed()) {
            endStep(step);
        } else {
            position = read;
        }
        return position < held.length();
    }

    private void endStep(StepObject step) {
        gap.startAfterStep(fenceBefore);
        position = step.isClosed() ? read - step.unreadLength() : held.length();
        object = null;
        live = false;
        afterStep = true;
        said.startParagraph();
    }

    private void pass(int end) {
        separate();
        String text = held.substring(position, end);
        position = end;
        say(text);
    }

    /** A step is a paragraph of its own. */
    private void separate() {
        if (afterStep) {
            ready.append("\n\n");
            afterStep = false;
        }
    }

    private void say(String text) {
        ready.append(text);
        said.add(text);
    }
}
