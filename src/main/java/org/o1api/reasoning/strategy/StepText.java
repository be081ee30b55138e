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
final class StepText {
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

    private final ReplyText reply;
    private final ShownText shown;
    private final StepValues values;
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
    private final Set<StepValues.Field> fields = EnumSet.noneOf(StepValues.Field.class);

    StepText(ReplyText reply, ShownText shown, StepValues values) {
        this(reply, shown, values, false);
    }

    private StepText(ReplyText reply, ShownText shown, StepValues values, boolean single) {
        this.reply = reply;
        this.shown = shown;
        this.values = values;
        this.single = single;
    }

    /**
     * A text that begins with a brace. It is read to the end of that object, or to where it turns out to be no step: at the first key
     * that is none of the three.
     */
    static StepText single(ReplyText reply, ShownText shown, StepValues values) {
        return new StepText(reply, shown, values, true);
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
    int end() {
        return end;
    }

    /** Whether the single object turned out to be no step. */
    boolean isNoStep() {
        return state == State.OVER && !closed;
    }

    /** What the keys of the objects so far stand for. */
    Set<StepValues.Field> fields() {
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
        if (reply.isRead() && !reply.ended()) {
            return false;
        }
        int end = reply.nextClosingTag();
        boolean other = reply.isRead() || "{`<".indexOf(reply.next()) >= 0;
        if (!other && end < 0 && !reply.ended()) {
            return false;
        }
        proseFrom = reply.position;
        state = !other && end >= 0 ? State.THOUGHT : State.FRONT;
        return true;
    }

    private boolean front() {
        reply.skipSpace();
        int there = Math.min(ThinkBlock.START.length(), reply.length() - reply.position);
        boolean soFar = ThinkBlock.START.startsWith(reply.between(reply.position, reply.position + there));
        if (soFar && there < ThinkBlock.START.length() && !reply.ended()) {
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
        int end = reply.nextClosingTag();
        int until = end >= 0 ? end : reply.ended() ? reply.length() : reply.beforeBegun(ThinkBlock.END);
        shown.append(reply.characters(), reply.position, until);
        reply.position = until;
        if (end < 0) {
            return false;
        }
        reply.position = end + ThinkBlock.END.length();
        proseFrom = reply.position;
        shown.beginSection();
        state = State.PROSE;
        return true;
    }

    private boolean prose() {
        if (reply.position == proseFrom && !proseShown) {
            reply.skipSpace();
            proseFrom = reply.position;
        }
        int brace = objects < MAX_OBJECTS ? reply.nextBrace() : -1;
        int tag = nextTag();
        if (tag >= 0 && (brace < 0 || tag < brace)) {
            showProse(tag);
            return behindTag(tag);
        }
        reply.position = brace < 0 ? reply.beforeBegun(ThinkBlock.END) : brace;
        if (proseShown || reply.position - proseFrom > MAX_PROSE) {
            proseShown = true;
            showProse(reply.beforeFence(proseFrom));
        }
        if (brace < 0) {
            if (reply.ended()) {
                reply.position = reply.length();
                showProse(reply.position);
            }
            return false;
        }
        int object = reply.objectAfter(brace);
        if (object == ReplyText.NOT_YET) {
            return false;
        }
        reply.position = brace + 1;
        if (object == ReplyText.NEVER && single) {
            state = State.OVER;
        } else if (object != ReplyText.NEVER) {
            objects++;
            objectFrom = brace;
            state = State.MEMBER;
        }
        return true;
    }

    /** Where the next tag stands that may end the reasoning; -1 if none has arrived. */
    private int nextTag() {
        return !single && tags < MAX_TAGS ? reply.nextClosingTag() : -1;
    }

    /** The text so far was reasoning, an object in it too: the step follows the tag. */
    private boolean behindTag(int tag) {
        reply.position = tag + ThinkBlock.END.length();
        proseFrom = reply.position;
        proseShown = false;
        tags++;
        objects = 0;
        isStep = false;
        shown.beginSection();
        state = State.PROSE;
        return true;
    }

    private void showProse(int until) {
        shown.append(reply.characters(), proseFrom, until);
        proseFrom = until;
    }

    private boolean member() {
        while (!reply.isRead() && (ReplyText.isSpace(reply.next()) || reply.next() == ',')) {
            reply.position++;
        }
        if (reply.isRead()) {
            return false;
        }
        int from = reply.position;
        if (reply.next() == '}') {
            closed = isStep;
            reply.position++;
            end = reply.position;
            state = single ? State.OVER : State.AFTER;
            return isStep || notTheStep();
        }
        int end = reply.next() == '"' ? reply.endOfKey(from) : ReplyText.NEVER;
        if (end == ReplyText.NOT_YET) {
            return false;
        }
        if (end == ReplyText.NEVER) {
            return makesNoSense();
        }
        StepValues.Field field = StepValues.Field.named(reply.between(from + 1, end));
        fields.add(field);
        isStep |= field != StepValues.Field.OTHER;
        if (single && field == StepValues.Field.OTHER) {
            return notTheStep();
        }
        values.begin(field);
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
        shown.beginSection();
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
            reply.position = tag < 0 ? reply.beforeBegun(ThinkBlock.END) : tag;
            return tag >= 0 && behindTag(tag);
        }
        while (!reply.isRead() && (ReplyText.isSpace(reply.next()) || reply.next() == '`')) {
            reply.position++;
        }
        if (reply.isRead()) {
            return false;
        }
        shown.beginSection();
        state = State.REST;
        return true;
    }

    private boolean rest() {
        int tag = nextTag();
        int until = tag >= 0 ? tag : reply.ended() ? reply.length() : reply.beforeBegun(ThinkBlock.END);
        shown.append(reply.characters(), reply.position, until);
        reply.position = until;
        return tag >= 0 && behindTag(tag);
    }
}
