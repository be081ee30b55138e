package org.o1api.reasoning.text;

import java.util.EnumSet;
import java.util.Set;
import org.o1api.model.ThinkBlock;

/**
 * Parses the text of a step's reply as it arrives and emits title and content immediately.
 *
 * <p>The expected text is an object {@code {"title", "content", "next_action"}}. Any other text is read as well as possible and
 * never fails:
 *
 * <ul>
 *   <li>Text before the object, such as a fence or a greeting, is dropped while it is short, and then all text after the object
 *       is dropped too. If the text before the object is long, it is taken for reasoning and shown; then the text after the
 *       object is shown too.
 *   <li>The first object with one of the three keys is the step; other objects are text. If a key is repeated, the first title
 *       and the last next action count, and all contents are shown.
 *   <li>Content that is not a string is shown as JSON; null is ignored.
 *   <li>Raw line breaks in strings, invalid escapes (LaTeX) and unescaped quotes are text.
 *   <li>After a syntax error the rest of the object is shown as text.
 *   <li>A {@code <think>} block at the start is reasoning, and so is all text before a {@code </think>} that is outside of
 *       strings and has no opening tag. Up to 8 such tags are removed and the step is expected after them; further ones are
 *       text.
 * </ul>
 */
final class StepParser {
    private static final int MAX_DROPPED_PROSE = 200;

    /** The maximum number of objects between two tags that are tried as the step: each may cost a scan of all text after it. */
    private static final int MAX_OBJECTS = 16;

    /** The maximum number of closing tags after which the step is expected: each one allows {@code MAX_OBJECTS} again. */
    private static final int MAX_TAGS = 8;

    private enum State {
        HELD,
        FRONT,
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
    /** Whether to read a single object and no text after it. */
    private final boolean singleObject;

    private final ThinkSplitter think;

    private State state = State.FRONT;

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
        think = ThinkSplitter.ofStep(emitter::append);
    }

    /**
     * Creates a parser of a text that starts with a brace. It stops at the end of that object, or at the first key that a step
     * does not have.
     */
    static StepParser singleObject(ReplyCursor reply, TextEmitter emitter, StepValueReader values) {
        return new StepParser(reply, emitter, values, true);
    }

    /** The reply starts inside the reasoning: text other than JSON is held until the closing tag or the end. */
    void startInReasoning() {
        state = State.HELD;
    }

    /** Whether the step's object is complete. */
    boolean isClosed() {
        return closed;
    }

    /** The index after the step's object, once it is complete. */
    int objectEnd() {
        return objectEnd;
    }

    /** Whether the single object turned out not to be a step. */
    boolean isNotAStep() {
        return state == State.ENDED && !closed;
    }

    /** The step keys of the objects so far. */
    Set<StepValueReader.Field> keys() {
        return keys;
    }

    /** Reads the rest of a complete reply. */
    void readToEnd() {
        read();
        while (!isStep && (state == State.MEMBER || state == State.VALUE)) {
            treatAsText();
            read();
        }
    }

    /** Reads the text that has arrived as far as it can be decided. */
    void read() {
        boolean progressed;
        do {
            progressed = switch (state) {
                case HELD -> readHeld();
                case FRONT -> readFront();
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
        boolean startsLikeStep = reply.isAtEnd() || "{`<".indexOf(reply.peek()) >= 0;
        if (!startsLikeStep && end < 0 && !reply.isEnded()) {
            return false;
        }
        if (!startsLikeStep && end >= 0) {
            think.startInReasoning();
        }
        state = State.FRONT;
        return true;
    }

    private boolean readFront() {
        reply.position = think.read(reply.characters(), reply.position, reply.isEnded());
        if (!think.isDone()) {
            return false;
        }
        if (think.hasReasoning()) {
            emitter.startSection();
        }
        proseStart = reply.position;
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
        reply.position = brace < 0 ? reply.beforePartialTag() : brace;
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

    /** The index of the next tag that may end the reasoning; -1 if none has arrived. */
    private int nextTag() {
        return !singleObject && tags < MAX_TAGS ? reply.indexOfClosingTag() : -1;
    }

    /** The text before the tag was reasoning, even an object in it: the step is expected after the tag. */
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

    /** Treats the object as text. The step may be inside it. */
    private boolean treatAsText() {
        reply.position = objectStart + 1;
        state = singleObject ? State.ENDED : State.PROSE;
        return true;
    }

    private boolean readAfterObject() {
        if (!proseShown) {
            int tag = nextTag();
            reply.position = tag < 0 ? reply.beforePartialTag() : tag;
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
        int until = tag >= 0 ? tag : reply.isEnded() ? reply.length() : reply.beforePartialTag();
        emitter.append(reply.characters(), reply.position, until);
        reply.position = until;
        return tag >= 0 && restartAfterTag(tag);
    }
}
