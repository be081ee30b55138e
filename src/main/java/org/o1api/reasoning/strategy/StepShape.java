package org.o1api.reasoning.strategy;

import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.llm.RawJson;
import org.o1api.reasoning.strategy.StepValues.Field;

/**
 * Reads an answer of a model that may go on in the shape of its steps: in place of such an object it gives the content, without the
 * fence or the list around it. It holds back no more than an object whose keys are the protocol's, and of that at most {@value
 * #MAX_HELD} characters.
 *
 * <p>An object is a step if it has no other keys, and {@code next_action} is among them; one with {@code content} and without {@code
 * next_action} only if it begins a line near the front of the answer, and the caller has not asked for JSON. An object of which the
 * caller names all keys is the caller's.
 *
 * <p>If the answer must be JSON, only an object at its front counts. A content that is itself JSON is the answer then; another one
 * is not, see {@link #isForeign}.
 */
final class StepShape {
    static final int MAX_HELD = 1 << 15;
    /** Text before an object that may be no more than an introduction. */
    private static final int MAX_PROSE = 200;

    private final AnswerForm form;
    /** What is not decided. */
    private final StringBuilder held = new StringBuilder();
    /** What is the answer, and was not taken. */
    private final StringBuilder ready = new StringBuilder();

    private char last = '\n';
    /** Characters of the answer that are no white space. */
    private int said;

    private boolean afterStep;
    private @Nullable StepObject object;
    /** Where in the held text the object begins. */
    private int begin;
    /** How much of the held text the object has. */
    private int read;
    /** Whether the object is a step of which the front has gone out already. */
    private boolean live;

    private boolean foreign;
    private boolean dropsRest;
    private boolean ended;

    StepShape(AnswerForm form) {
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
    }

    /** The answer since this was called last. */
    String take() {
        String taken = ready.toString();
        ready.setLength(0);
        return taken;
    }

    /** Whether the answer must be JSON, and is a step in place of it. It is held back until {@link #release}. */
    boolean isForeign() {
        return foreign;
    }

    /** There is no better answer than one that is foreign. */
    void release() {
        if (foreign) {
            foreign = false;
            dropsRest = true;
            ready.append(held);
            held.setLength(0);
        }
    }

    private void decide() {
        boolean goesOn = true;
        while (goesOn && !foreign && !held.isEmpty()) {
            goesOn = object != null ? readObject(object) : readText();
        }
    }

    private boolean readText() {
        if (afterStep && skipBetweenSteps()) {
            return true;
        }
        int next = nextCandidate();
        if (next > 0) {
            pass(next);
            return true;
        }
        int at = ObjectFront.find(held);
        if (at == ObjectFront.NOT_YET && !ended) {
            return false;
        }
        if (at < 0) {
            return passMark();
        }
        object = new StepObject();
        begin = at;
        read = at;
        return true;
    }

    /** Skips what is between two steps, or behind the last one: white space, commas, brackets. */
    private boolean skipBetweenSteps() {
        int i = 0;
        while (i < held.length() && (ReplyText.isSpace(held.charAt(i)) || ",]".indexOf(held.charAt(i)) >= 0)) {
            i++;
        }
        held.delete(0, i);
        last = '\n';
        return i > 0;
    }

    /** What seemed to begin an object does not. A fence behind a step is what closed that of the step. */
    private boolean passMark() {
        int ticks = 0;
        while (afterStep && ticks < held.length() && held.charAt(ticks) == '`') {
            ticks++;
        }
        if (ticks > 0) {
            held.delete(0, ticks);
        } else {
            pass(1);
        }
        return true;
    }

    /** Where in the held text an object may begin, or what wraps it. */
    private int nextCandidate() {
        if (form.isJson() && said > 0) {
            return held.length();
        }
        for (int i = 0; i < held.length(); i++) {
            char c = held.charAt(i);
            boolean fence = c == '`' && (i == 0 ? last : held.charAt(i - 1)) == '\n';
            boolean list = c == '[' && said == 0;
            if (c == '{' || fence || list) {
                return i;
            }
            if (form.isJson() && !ReplyText.isSpace(c)) {
                return held.length();
            }
        }
        return held.length();
    }

    private boolean readObject(StepObject current) {
        current.feed(held.substring(read));
        read = held.length();
        if (live) {
            return readLive(current);
        }
        if (current.isClosed()) {
            return isStep(current.fields()) ? readStep(current, begin + current.length()) : passObject();
        }
        if (!mayBeStep(current)) {
            return passObject();
        }
        if (ended) {
            current.complete();
            return isStep(current.fields()) ? readStep(current, held.length()) : passObject();
        }
        if (held.length() <= MAX_HELD) {
            return false;
        }
        if (form.isJson() || !isStep(current.fields())) {
            return passObject();
        }
        live = true;
        separate();
        return readLive(current);
    }

    /** Whether nothing speaks against it so far. */
    private static boolean mayBeStep(StepObject current) {
        return !current.fields().contains(Field.OTHER) && !current.isText();
    }

    private boolean isStep(Set<Field> keys) {
        if (keys.isEmpty() || keys.contains(Field.OTHER) || form.names(keys)) {
            return false;
        }
        if (keys.contains(Field.NEXT_ACTION)) {
            return keys.size() > 1 || said == 0;
        }
        boolean front = said <= MAX_PROSE && (afterStep || begin > 0 || last == '\n');
        return keys.contains(Field.CONTENT) && front && (form.isJson() || !form.mentionsJson());
    }

    /** The object is the caller's: its first brace goes out, and what follows is text. */
    private boolean passObject() {
        object = null;
        pass(begin + 1);
        return true;
    }

    private boolean readStep(StepObject step, int end) {
        String title = step.title();
        String content = step.content().isEmpty() && title != null ? title : step.content();
        object = null;
        if (form.isJson()) {
            if (!isJson(content)) {
                foreign = true;
                return false;
            }
            held.setLength(0);
            dropsRest = true;
        } else {
            held.delete(0, end);
            separate();
        }
        say(content);
        afterStep = true;
        return true;
    }

    private boolean readLive(StepObject step) {
        say(step.takeContent());
        if (!step.isClosed()) {
            if (ended) {
                step.complete();
                say(step.takeContent());
            }
            held.setLength(0);
            begin = 0;
            read = 0;
            return false;
        }
        held.delete(0, Math.max(0, held.length() - step.unread()));
        object = null;
        live = false;
        afterStep = true;
        return true;
    }

    private static boolean isJson(String content) {
        String json = content.strip();
        try {
            return json.startsWith("{")
                    ? json.endsWith("}")
                            && !JsonSlices.members(new RawJson(json)).isEmpty()
                    : json.startsWith("[")
                            && json.endsWith("]")
                            && !JsonSlices.elements(new RawJson(json)).isEmpty();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void pass(int end) {
        separate();
        String text = held.substring(0, end);
        held.delete(0, end);
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
        if (!text.isEmpty()) {
            ready.append(text);
            last = text.charAt(text.length() - 1);
            said += (int) text.chars().filter(c -> !ReplyText.isSpace((char) c)).count();
        }
    }
}
