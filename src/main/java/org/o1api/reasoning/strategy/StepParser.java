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
    private static final int MAX_DROPPED_PROSE = 200;

    /** Objects between two tags that may be the step: each may cost a look at all that follows. */
    private static final int MAX_OBJECTS = 16;

    /** Tags after which the step may follow: each allows as many objects again. */
    private static final int MAX_TAGS = 8;

    private enum State {
        HELD,
        START,
        REASONING,
        PROSE,
        MEMBER,
        VALUE,
        AFTER_OBJECT,
        REST,
        ENDED
    }

    private final ReplyCursor reply;
    private final TextEmitter emitter;
    private final StepValueReader values;
    /** Whether the text is one object, and what follows it is not read. */
    private final boolean singleObject;

    private State state = State.START;

    private int proseStart;
    private boolean proseShown;
    private int objectStart;
    private int objects;
    private int tags;
    private boolean isStep;
    private boolean closed;
    private int objectEnd;
    private final Set<StepValueReader.Field> keys = EnumSet.noneOf(StepValueReader.Field.class);

    StepParser(ReplyCursor reply, TextEmitter emitter, StepValueReader values) {
        this(reply, emitter, values, false);
    }

    private StepParser(ReplyCursor reply, TextEmitter emitter, StepValueReader values, boolean singleObject) {
        this.reply = reply;
        this.emitter = emitter;
        this.values = values;
        this.singleObject = singleObject;
    }

    /**
     * A text that begins with a brace. It is read to the end of that object, or to where it turns out to be no step: at the first key
     * that is none of the three.
     */
    static StepParser singleObject(ReplyCursor reply, TextEmitter emitter, StepValueReader values) {
        return new StepParser(reply, emitter, values, true);
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
        return objectEnd;
    }

    /** Whether the single object turned out to be no step. */
    boolean isNotAStep() {
        return state == State.ENDED && !closed;
    }

    /** What the keys of the objects so far stand for. */
    Set<StepValueReader.Field> keys() {
        return keys;
    }

    /** Reads what is left, once the reply is complete. */
    void readToEnd() {
        read();
        while (!isStep && (state == State.MEMBER || state == State.VALUE)) {
            treatAsText();
            read();
        }
    }

    /** Reads what has arrived, as far as it is decided. */
    void read() {
        boolean progressed;
        do {
            progressed = switch (state) {
                case HELD -> readHeld();
                case START -> readStart();
                case REASONING -> readReasoning();
                case PROSE -> readProse();
                case MEMBER -> readMember();
                case VALUE -> readValue();
                case AFTER_OBJECT -> readAfterObject();
                case REST -> readRest();
                case ENDED -> false;
            };
        } while (progressed);
    }

    private boolean readHeld() {
        reply.skipSpace();
        if (reply.isAtEnd() && !reply.isEnded()) {
            return false;
        }
        int end = reply.indexOfClosingTag();
        boolean startsLikeReply = reply.isAtEnd() || "{`<".indexOf(reply.peek()) >= 0;
        if (!startsLikeReply && end < 0 && !reply.isEnded()) {
            return false;
        }
        proseStart = reply.position;
        state = !startsLikeReply && end >= 0 ? State.REASONING : State.START;
        return true;
    }

    private boolean readStart() {
        reply.skipSpace();
        int available = Math.min(ThinkBlock.START.length(), reply.length() - reply.position);
        boolean mayBeTag = ThinkBlock.START.startsWith(reply.substring(reply.position, reply.position + available));
        if (mayBeTag && available < ThinkBlock.START.length() && !reply.isEnded()) {
            return false;
        }
        boolean startsReasoning = mayBeTag && available == ThinkBlock.START.length();
        if (startsReasoning) {
            reply.position += available;
        }
        proseStart = reply.position;
        state = startsReasoning ? State.REASONING : State.PROSE;
        return true;
    }

    private boolean readReasoning() {
        if (reply.position == proseStart) {
            reply.skipSpace();
            proseStart = reply.position;
        }
        int end = reply.indexOfClosingTag();
        int until = end >= 0 ? end : reply.isEnded() ? reply.length() : reply.beforePartial(ThinkBlock.END);
        emitter.append(reply.characters(), reply.position, until);
        reply.position = until;
        if (end < 0) {
            return false;
        }
        reply.position = end + ThinkBlock.END.length();
        proseStart = reply.position;
        emitter.startSection();
        state = State.PROSE;
        return true;
    }

    private boolean readProse() {
        if (reply.position == proseStart && !proseShown) {
            reply.skipSpace();
            proseStart = reply.position;
        }
        int brace = objects < MAX_OBJECTS ? reply.indexOfBrace() : -1;
        int tag = nextTag();
        if (tag >= 0 && (brace < 0 || tag < brace)) {
            emitProse(tag);
            return restartAfterTag(tag);
        }
        reply.position = brace < 0 ? reply.beforePartial(ThinkBlock.END) : brace;
        if (proseShown || reply.position - proseStart > MAX_DROPPED_PROSE) {
            proseShown = true;
            emitProse(reply.beforeFence(proseStart));
        }
        if (brace < 0) {
            if (reply.isEnded()) {
                reply.position = reply.length();
                emitProse(reply.position);
            }
            return false;
        }
        int key = reply.firstKeyAfter(brace);
        if (key == ReplyCursor.NEED_MORE) {
            return false;
        }
        reply.position = brace + 1;
        if (key == ReplyCursor.NOT_FOUND && singleObject) {
            state = State.ENDED;
        } else if (key != ReplyCursor.NOT_FOUND) {
            objects++;
            objectStart = brace;
            state = State.MEMBER;
        }
        return true;
    }

    /** Where the next tag stands that may end the reasoning; -1 if none has arrived. */
    private int nextTag() {
        return !singleObject && tags < MAX_TAGS ? reply.indexOfClosingTag() : -1;
    }

    /** The text so far was reasoning, an object in it too: the step follows the tag. */
    private boolean restartAfterTag(int tag) {
        reply.position = tag + ThinkBlock.END.length();
        proseStart = reply.position;
        proseShown = false;
        tags++;
        objects = 0;
        isStep = false;
        emitter.startSection();
        state = State.PROSE;
        return true;
    }

    private void emitProse(int until) {
        emitter.append(reply.characters(), proseStart, until);
        proseStart = until;
    }

    private boolean readMember() {
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
            objectEnd = reply.position;
            state = singleObject ? State.ENDED : State.AFTER_OBJECT;
            return isStep || treatAsText();
        }
        int end = reply.peek() == '"' ? reply.endOfKey(from) : ReplyCursor.NOT_FOUND;
        if (end == ReplyCursor.NEED_MORE) {
            return false;
        }
        if (end == ReplyCursor.NOT_FOUND) {
            return syntaxError();
        }
        StepValueReader.Field field = StepValueReader.Field.ofKey(reply.substring(from + 1, end));
        keys.add(field);
        isStep |= field != StepValueReader.Field.OTHER;
        if (singleObject && field == StepValueReader.Field.OTHER) {
            return treatAsText();
        }
        values.start(field);
        reply.position = reply.afterSpace(end + 1) + 1;
        state = State.VALUE;
        return true;
    }

    private boolean readValue() {
        boolean complete = values.read();
        if (complete) {
            state = State.MEMBER;
        }
        return complete;
    }

    private boolean syntaxError() {
        if (!isStep) {
            return treatAsText();
        }
        emitter.startSection();
        state = State.REST;
        return true;
    }

    /** The object is text like that around it; the step may still stand in it. */
    private boolean treatAsText() {
        reply.position = objectStart + 1;
        state = singleObject ? State.ENDED : State.PROSE;
        return true;
    }

    private boolean readAfterObject() {
        if (!proseShown) {
            int tag = nextTag();
            reply.position = tag < 0 ? reply.beforePartial(ThinkBlock.END) : tag;
            return tag >= 0 && restartAfterTag(tag);
        }
        while (!reply.isAtEnd() && (ReplyCursor.isSpace(reply.peek()) || reply.peek() == '`')) {
            reply.position++;
        }
        if (reply.isAtEnd()) {
            return false;
        }
        emitter.startSection();
        state = State.REST;
        return true;
    }

    private boolean readRest() {
        int tag = nextTag();
        int until = tag >= 0 ? tag : reply.isEnded() ? reply.length() : reply.beforePartial(ThinkBlock.END);
        emitter.append(reply.characters(), reply.position, until);
        reply.position = until;
        return tag >= 0 && restartAfterTag(tag);
    }
}
