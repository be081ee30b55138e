package org.o1api.reasoning.strategy;

import java.util.EnumSet;
import java.util.Set;
import org.o1api.model.ThinkBlock;

/**
 * Reads the text of one step's reply as it arrives, in pieces of any size, and shows the step's title and text at once.
 *
 * <p>A well-formed object {@code {"title", "content", "next_action"}} is read as JSON says. Whatever else comes is read as
 * well as can be, and nothing of it fails:
 *
 * <ul>
 *   <li>Text before the object, such as a fence or a greeting, is dropped while it is short, and text after it too. Text that
 *       runs on is the thought itself and is shown; then what follows the object is shown as well.
 *   <li>The first object that has one of the three keys is the step; others are text. Of two titles the first counts, of two
 *       contents both are shown, of two next actions the last counts.
 *   <li>Content that is no string is shown as its own JSON text; null is nothing.
 *   <li>Inside strings raw line breaks, backslashes that escape nothing (LaTeX) and quotes that close nothing are text.
 *   <li>Where an object stops making sense, the rest is shown as it is.
 *   <li>What stands between {@code <think>} at the front and {@code </think>} is reasoning too, and so is all text before a
 *       {@code </think>} outside of strings that nothing opened. Up to 8 such tags are not shown, and what follows is read as the
 *       step; further ones are text.
 * </ul>
 */
final class StepParser {
    private static final int MAX_PROSE = 200;

    /** Objects between two tags that may be the step: each may cost a look at all that follows. */
    private static final int MAX_OBJECTS = 16;

    /** Tags after which the step may follow: each allows as many objects again. */
    private static final int MAX_TAGS = 8;

    private enum State {
        HELD,
        FRONT,
        THOUGHT,
        PROSE,
        MEMBER,
        VALUE,
        AFTER,
        REST,
        OVER
    }

    private final ReplyCursor reply;
    private final TextEmitter shown;
    private final StepValueReader values;
    /** Whether the text is one object, and what follows it is not read. */
    private final boolean single;

    private State state = State.FRONT;

    private int proseFrom;
    private boolean proseShown;
    private int objectFrom;
    private int objects;
    private int tags;
    private boolean isStep;
    private boolean closed;
    private int end;
    private final Set<StepValueReader.Field> fields = EnumSet.noneOf(StepValueReader.Field.class);

    StepParser(ReplyCursor reply, TextEmitter shown, StepValueReader values) {
        this(reply, shown, values, false);
    }

    private StepParser(ReplyCursor reply, TextEmitter shown, StepValueReader values, boolean single) {
        this.reply = reply;
        this.shown = shown;
        this.values = values;
        this.single = single;
    }

    /**
     * A text that begins with a brace. It is read to the end of that object, or to where it turns out to be no step: at the first key
     * that is none of the three.
     */
    static StepParser singleObject(ReplyCursor reply, TextEmitter shown, StepValueReader values) {
        return new StepParser(reply, shown, values, true);
    }

    /** The reply begins inside the reasoning: text that is no JSON waits for the closing tag, or for the end. */
    void startInReasoning() {
        state = State.HELD;
    }

    /** Whether the step's object has come to its end. */
    boolean isClosed() {
        return closed;
    }

    /** The index behind the step's object, once it is closed. */
    int objectEnd() {
        return end;
    }

    /** Whether the single object turned out to be no step. */
    boolean isNotAStep() {
        return state == State.OVER && !closed;
    }

    /** What the keys of the objects so far stand for. */
    Set<StepValueReader.Field> keys() {
        return fields;
    }

    /** Reads what is left, once the reply is complete. */
    void readToEnd() {
        read();
        while (!isStep && (state == State.MEMBER || state == State.VALUE)) {
            notTheStep();
            read();
        }
    }

    /** Reads what has arrived, as far as it is decided. */
    void read() {
        boolean goesOn;
        do {
            goesOn = switch (state) {
                case HELD -> held();
                case FRONT -> front();
                case THOUGHT -> thought();
                case PROSE -> prose();
                case MEMBER -> member();
                case VALUE -> value();
                case AFTER -> after();
                case REST -> rest();
                case OVER -> false;
            };
        } while (goesOn);
    }

    private boolean held() {
        reply.skipSpace();
        if (reply.isAtEnd() && !reply.isEnded()) {
            return false;
        }
        int end = reply.indexOfClosingTag();
        boolean other = reply.isAtEnd() || "{`<".indexOf(reply.peek()) >= 0;
        if (!other && end < 0 && !reply.isEnded()) {
            return false;
        }
        proseFrom = reply.position;
        state = !other && end >= 0 ? State.THOUGHT : State.FRONT;
        return true;
    }

    private boolean front() {
        reply.skipSpace();
        int there = Math.min(ThinkBlock.START.length(), reply.length() - reply.position);
        boolean soFar = ThinkBlock.START.startsWith(reply.substring(reply.position, reply.position + there));
        if (soFar && there < ThinkBlock.START.length() && !reply.isEnded()) {
            return false;
        }
        boolean thinks = soFar && there == ThinkBlock.START.length();
        if (thinks) {
            reply.position += there;
        }
        proseFrom = reply.position;
        state = thinks ? State.THOUGHT : State.PROSE;
        return true;
    }

    private boolean thought() {
        if (reply.position == proseFrom) {
            reply.skipSpace();
            proseFrom = reply.position;
        }
        int end = reply.indexOfClosingTag();
        int until = end >= 0 ? end : reply.isEnded() ? reply.length() : reply.beforePartial(ThinkBlock.END);
        shown.append(reply.characters(), reply.position, until);
        reply.position = until;
        if (end < 0) {
            return false;
        }
        reply.position = end + ThinkBlock.END.length();
        proseFrom = reply.position;
        shown.startSection();
        state = State.PROSE;
        return true;
    }

    private boolean prose() {
        if (reply.position == proseFrom && !proseShown) {
            reply.skipSpace();
            proseFrom = reply.position;
        }
        int brace = objects < MAX_OBJECTS ? reply.indexOfBrace() : -1;
        int tag = nextTag();
        if (tag >= 0 && (brace < 0 || tag < brace)) {
            showProse(tag);
            return behindTag(tag);
        }
        reply.position = brace < 0 ? reply.beforePartial(ThinkBlock.END) : brace;
        if (proseShown || reply.position - proseFrom > MAX_PROSE) {
            proseShown = true;
            showProse(reply.beforeFence(proseFrom));
        }
        if (brace < 0) {
            if (reply.isEnded()) {
                reply.position = reply.length();
                showProse(reply.position);
            }
            return false;
        }
        int object = reply.firstKeyAfter(brace);
        if (object == ReplyCursor.NEED_MORE) {
            return false;
        }
        reply.position = brace + 1;
        if (object == ReplyCursor.NOT_FOUND && single) {
            state = State.OVER;
        } else if (object != ReplyCursor.NOT_FOUND) {
            objects++;
            objectFrom = brace;
            state = State.MEMBER;
        }
        return true;
    }

    /** Where the next tag stands that may end the reasoning; -1 if none has arrived. */
    private int nextTag() {
        return !single && tags < MAX_TAGS ? reply.indexOfClosingTag() : -1;
    }

    /** The text so far was reasoning, an object in it too: the step follows the tag. */
    private boolean behindTag(int tag) {
        reply.position = tag + ThinkBlock.END.length();
        proseFrom = reply.position;
        proseShown = false;
        tags++;
        objects = 0;
        isStep = false;
        shown.startSection();
        state = State.PROSE;
        return true;
    }

    private void showProse(int until) {
        shown.append(reply.characters(), proseFrom, until);
        proseFrom = until;
    }

    private boolean member() {
        while (!reply.isAtEnd() && (ReplyCursor.isSpace(reply.peek()) || reply.peek() == ',')) {
            reply.position++;
        }
        if (reply.isAtEnd()) {
            return false;
        }
        int from = reply.position;
        if (reply.peek() == '}') {
            closed = isStep;
            reply.position++;
            end = reply.position;
            state = single ? State.OVER : State.AFTER;
            return isStep || notTheStep();
        }
        int end = reply.peek() == '"' ? reply.endOfKey(from) : ReplyCursor.NOT_FOUND;
        if (end == ReplyCursor.NEED_MORE) {
            return false;
        }
        if (end == ReplyCursor.NOT_FOUND) {
            return makesNoSense();
        }
        StepValueReader.Field field = StepValueReader.Field.ofKey(reply.substring(from + 1, end));
        fields.add(field);
        isStep |= field != StepValueReader.Field.OTHER;
        if (single && field == StepValueReader.Field.OTHER) {
            return notTheStep();
        }
        values.start(field);
        reply.position = reply.afterSpace(end + 1) + 1;
        state = State.VALUE;
        return true;
    }

    private boolean value() {
        boolean whole = values.read();
        if (whole) {
            state = State.MEMBER;
        }
        return whole;
    }

    private boolean makesNoSense() {
        if (!isStep) {
            return notTheStep();
        }
        shown.startSection();
        state = State.REST;
        return true;
    }

    /** The object is text like that around it; the step may still stand in it. */
    private boolean notTheStep() {
        reply.position = objectFrom + 1;
        state = single ? State.OVER : State.PROSE;
        return true;
    }

    private boolean after() {
        if (!proseShown) {
            int tag = nextTag();
            reply.position = tag < 0 ? reply.beforePartial(ThinkBlock.END) : tag;
            return tag >= 0 && behindTag(tag);
        }
        while (!reply.isAtEnd() && (ReplyCursor.isSpace(reply.peek()) || reply.peek() == '`')) {
            reply.position++;
        }
        if (reply.isAtEnd()) {
            return false;
        }
        shown.startSection();
        state = State.REST;
        return true;
    }

    private boolean rest() {
        int tag = nextTag();
        int until = tag >= 0 ? tag : reply.isEnded() ? reply.length() : reply.beforePartial(ThinkBlock.END);
        shown.append(reply.characters(), reply.position, until);
        reply.position = until;
        return tag >= 0 && behindTag(tag);
    }
}
