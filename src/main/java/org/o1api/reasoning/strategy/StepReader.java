package org.o1api.reasoning.strategy;

import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.TurnListener;

/**
 * Reads one step's reply as it arrives, in pieces of any size, and reports the step as it is told: its
 * title and its text at once.
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
 *   <li>{@code <think>} at the front is thought too.
 * </ul>
 *
 * It keeps the reply and reads on from a position, looking ahead a bounded way: what is decided does not depend on how the
 * reply was cut into pieces.
 */
final class StepReader {
    /** Characters of a reply that are read; far above any output limit of today's models. */
    private static final int MAX_REPLY = 1 << 19;

    private static final int MAX_PROSE = 200;
    private static final int MAX_NAME = 1000;
    private static final int MAX_LOOK_AHEAD = 256;
    private static final int MAX_FENCE = 64;
    private static final int MAX_OBJECTS = 16;
    private static final String THINK = "<think>";
    private static final String END_OF_THINK = "</think>";

    /** Where no index is to be had: the text that decides has not arrived. */
    private static final int NOT_YET = -1;

    /** Where no index is to be had, whatever arrives. */
    private static final int NEVER = -2;

    private enum State {
        FRONT,
        THOUGHT,
        PROSE,
        MEMBER,
        VALUE,
        STRING,
        NESTED,
        LITERAL,
        AFTER,
        REST
    }

    private enum Field {
        TITLE,
        CONTENT,
        NEXT_ACTION,
        OTHER
    }

    private final int number;
    private final TurnListener out;
    private final ShownText shown;
    private final StringBuilder reply = new StringBuilder(512);
    private final StringBuilder value = new StringBuilder();
    private State state = State.FRONT;
    private Field field = Field.OTHER;
    private int position;
    private boolean ended;
    private boolean begun;
    private boolean reasons;

    private int proseFrom;
    private boolean proseShown;
    private int objectFrom;
    private int objects;
    private boolean isStep;
    private boolean closed;
    private int depth;
    private boolean quoted;
    private boolean escaped;

    private @Nullable String title;
    private boolean hasContent;
    private Step.@Nullable NextAction nextAction;

    StepReader(int number, TurnListener out) {
        this.number = number;
        this.out = out;
        shown = new ShownText(text -> out.stepText(number, text));
    }

    /** Takes the next piece of the reply. */
    void feed(String text) {
        begin();
        if (reasons) {
            reasons = false;
            shown.beginSection();
        }
        reply.append(text, 0, Math.min(text.length(), MAX_REPLY - reply.length()));
        read();
        shown.report();
    }

    /** Takes the next piece of the reasoning that the model gives beside its reply; it is shown, and is no part of the reply. */
    void feedReasoning(String text) {
        begin();
        if (!reasons) {
            reasons = true;
            shown.beginSection();
        }
        shown.append(text);
        shown.report();
    }

    private void begin() {
        if (!begun) {
            begun = true;
            out.stepStarted(number);
        }
    }

    /** Whether the model has said anything. */
    boolean begun() {
        return begun;
    }

    /** The reply so far, as the model gave it. */
    String reply() {
        return reply.toString();
    }

    /** The reply is complete, or as complete as it will ever be: the step ends. */
    Step end() {
        ended = true;
        read();
        while (insideObject() && !isStep) {
            notTheStep();
            read();
        }
        if (state == State.STRING || state == State.NESTED) {
            endValue();
        }
        boolean broken = !closed || (title == null && !hasContent);
        shown.end();
        if (begun) {
            out.stepEnded(number);
        }
        return new Step(title, shown.reported(), nextAction, broken);
    }

    private boolean insideObject() {
        return switch (state) {
            case MEMBER, VALUE, STRING, NESTED, LITERAL -> true;
            case FRONT, THOUGHT, PROSE, AFTER, REST -> false;
        };
    }

    private void read() {
        boolean goesOn;
        do {
            goesOn = switch (state) {
                case FRONT -> front();
                case THOUGHT -> thought();
                case PROSE -> prose();
                case MEMBER -> member();
                case VALUE -> value();
                case STRING -> string();
                case NESTED -> nested();
                case LITERAL -> literal();
                case AFTER -> after();
                case REST -> rest();
            };
        } while (goesOn);
    }

    private boolean front() {
        position = skipSpace(position);
        int there = Math.min(THINK.length(), reply.length() - position);
        boolean soFar = THINK.startsWith(reply.substring(position, position + there));
        if (soFar && there < THINK.length() && !ended) {
            return false;
        }
        boolean thinks = soFar && there == THINK.length();
        if (thinks) {
            position = skipSpace(position + there);
        }
        proseFrom = position;
        state = thinks ? State.THOUGHT : State.PROSE;
        return true;
    }

    private boolean thought() {
        if (position == proseFrom) {
            position = proseFrom = skipSpace(position);
        }
        int end = reply.indexOf(END_OF_THINK, position);
        int until = end >= 0 ? end : ended ? reply.length() : beforeBegunTag();
        shown.append(reply, position, until);
        position = until;
        if (end < 0) {
            return false;
        }
        position = proseFrom = end + END_OF_THINK.length();
        shown.beginSection();
        state = State.PROSE;
        return true;
    }

    /** Where the text ends that cannot belong to the tag that ends the thought. */
    private int beforeBegunTag() {
        int from = Math.max(position, reply.length() - END_OF_THINK.length() + 1);
        for (int i = from; i < reply.length(); i++) {
            if (reply.charAt(i) == '<' && END_OF_THINK.startsWith(reply.substring(i))) {
                return i;
            }
        }
        return reply.length();
    }

    private boolean prose() {
        if (position == proseFrom && !proseShown) {
            position = proseFrom = skipSpace(position);
        }
        int brace = objects < MAX_OBJECTS ? reply.indexOf("{", position) : -1;
        position = brace < 0 ? reply.length() : brace;
        if (proseShown || position - proseFrom > MAX_PROSE) {
            proseShown = true;
            showProse(beforeFence());
        }
        if (brace < 0) {
            if (ended) {
                showProse(position);
            }
            return false;
        }
        int next = skipSpace(brace + 1);
        boolean near = next - brace <= MAX_LOOK_AHEAD;
        if (next == reply.length() && near && !ended) {
            return false;
        }
        position = brace + 1;
        if (next < reply.length() && near && (reply.charAt(next) == '"' || reply.charAt(next) == '}')) {
            objects++;
            objectFrom = brace;
            state = State.MEMBER;
        }
        return true;
    }

    private void showProse(int until) {
        shown.append(reply, proseFrom, until);
        proseFrom = Math.max(proseFrom, until);
    }

    /** Where the prose ends when a Markdown fence at its end, which only wraps what follows, is left out. */
    private int beforeFence() {
        int least = Math.max(proseFrom, position - MAX_FENCE);
        int i = position;
        while (i > least && isSpace(reply.charAt(i - 1))) {
            i--;
        }
        while (i > least && Character.isLetter(reply.charAt(i - 1))) {
            i--;
        }
        int ticks = i;
        while (i > least && reply.charAt(i - 1) == '`') {
            i--;
        }
        return i < ticks ? i : position;
    }

    private boolean member() {
        while (position < reply.length() && (isSpace(reply.charAt(position)) || reply.charAt(position) == ',')) {
            position++;
        }
        if (position == reply.length()) {
            return false;
        }
        if (reply.charAt(position) == '}') {
            position++;
            return endObject();
        }
        int limit = position + MAX_LOOK_AHEAD;
        int end = reply.charAt(position) == '"' ? endOfKey(position, limit) : NEVER;
        int colon = end < 0 || end == limit ? end : skipSpace(end + 1);
        if (end == NOT_YET || (colon == reply.length() && colon < limit)) {
            return false;
        }
        if (colon < 0 || colon >= limit || reply.charAt(colon) != ':') {
            return makesNoSense();
        }
        field = fieldNamed(reply.substring(position + 1, end));
        isStep |= field != Field.OTHER;
        position = colon + 1;
        state = State.VALUE;
        return true;
    }

    private boolean endObject() {
        if (!isStep) {
            return notTheStep();
        }
        closed = true;
        state = State.AFTER;
        return true;
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
        position = objectFrom + 1;
        state = State.PROSE;
        return true;
    }

    private boolean value() {
        position = skipSpace(position);
        if (position == reply.length()) {
            return false;
        }
        value.setLength(0);
        if (field == Field.CONTENT) {
            shown.beginSection();
        }
        switch (reply.charAt(position)) {
            case '"' -> {
                position++;
                state = State.STRING;
            }
            case '{', '[' -> {
                depth = 0;
                quoted = false;
                escaped = false;
                state = State.NESTED;
            }
            default -> state = State.LITERAL;
        }
        return true;
    }

    private boolean string() {
        int i = position;
        while (i < reply.length()) {
            char c = reply.charAt(i);
            if (c != '"' && c != '\\') {
                i++;
                continue;
            }
            take(position, i);
            position = i;
            if (c == '"') {
                int end = endOfString(i);
                if (end == NOT_YET) {
                    return false;
                }
                if (end != NEVER) {
                    position = end;
                    return endValue();
                }
                i++;
            } else {
                int read = escape(i);
                if (read == 0) {
                    return false;
                }
                i += read;
                position = i;
            }
        }
        take(position, i);
        position = i;
        return false;
    }

    /** Takes what the backslash stands for. Gives how many characters that was, 0 when they have not arrived. */
    private int escape(int backslash) {
        if (backslash + 1 == reply.length()) {
            return 0;
        }
        char c = reply.charAt(backslash + 1);
        switch (c) {
            case '"', '\\', '/', '\'' -> take(c);
            case 'n' -> take('\n');
            case 'r' -> take('\r');
            case 't' -> take('\t');
            case 'b', 'f' -> {
                if (backslash + 2 == reply.length()) {
                    return 0;
                }
                if (Character.isLetter(reply.charAt(backslash + 2))) {
                    take('\\'); // \frac, \beta: nobody writes a word behind a form feed
                    return 1;
                }
                take(c == 'b' ? '\b' : '\f');
            }
            case 'u' -> {
                return unicodeEscape(backslash);
            }
            default -> {
                take('\\');
                return 1;
            }
        }
        return 2;
    }

    private int unicodeEscape(int backslash) {
        int code = 0;
        for (int i = backslash + 2; i < backslash + 6; i++) {
            if (i == reply.length()) {
                return 0;
            }
            int digit = hexDigit(reply.charAt(i));
            if (digit < 0) {
                take('\\');
                return 1;
            }
            code = (code << 4) | digit;
        }
        take((char) code);
        return 6;
    }

    private static int hexDigit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    /**
     * Where the text goes on when this quote ends its string; {@link #NEVER} when it is a quote in the text that the model forgot
     * to escape. A quote that ends a string stands before the object's end or the next member. JSON's word counts where it is
     * too far to tell.
     */
    private int endOfString(int quote) {
        int limit = quote + MAX_LOOK_AHEAD;
        int next = skipSpace(quote + 1);
        if (next < reply.length() && next < limit && reply.charAt(next) == ',') {
            if (field == Field.TITLE) {
                return quote + 1; // shown now; a comma behind a quote within a title is rare
            }
            next = skipSpace(next + 1);
        }
        if (next < reply.length() && next < limit) {
            if (reply.charAt(next) != '"') {
                return reply.charAt(next) == '}' ? quote + 1 : NEVER;
            }
            if (next == quote + 1) {
                return NEVER;
            }
            int end = endOfKey(next, limit);
            next = end < 0 ? end : skipSpace(end + 1);
        }
        if (next >= limit) {
            return quote + 1;
        }
        if (next == NOT_YET || next == reply.length()) {
            return ended ? quote + 1 : NOT_YET;
        }
        return next >= 0 && reply.charAt(next) == ':' ? quote + 1 : NEVER;
    }

    /** Where the closing quote of a key stands; the limit itself when it is not before that. */
    private int endOfKey(int quote, int limit) {
        for (int i = quote + 1; i < limit; i++) {
            if (i >= reply.length()) {
                return NOT_YET;
            }
            char c = reply.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\n') {
                return NEVER;
            }
            if (c == '\\') {
                i++;
            }
        }
        return limit;
    }

    private boolean nested() {
        for (int i = position; i < reply.length(); i++) {
            char c = reply.charAt(i);
            if (escaped) {
                escaped = false;
            } else if (quoted) {
                escaped = c == '\\';
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                take(position, i + 1);
                position = i + 1;
                return endValue();
            }
        }
        take(position, reply.length());
        position = reply.length();
        return false;
    }

    private boolean literal() {
        int limit = position + MAX_LOOK_AHEAD;
        int end = position;
        while (end < reply.length() && end < limit && ",}\n".indexOf(reply.charAt(end)) < 0) {
            end++;
        }
        if (end == reply.length() && end < limit && !ended) {
            return false;
        }
        String literal = reply.substring(position, end).strip();
        position = end;
        if (!literal.equals("null")) {
            for (int i = 0; i < literal.length(); i++) {
                take(literal.charAt(i));
            }
        }
        return endValue();
    }

    private void take(int from, int to) {
        if (field == Field.CONTENT) {
            hasContent |= from < to;
            shown.append(reply, from, to);
        } else if (field != Field.OTHER) {
            value.append(reply, from, Math.max(from, Math.min(to, from + MAX_NAME - value.length())));
        }
    }

    private void take(char c) {
        if (field == Field.CONTENT) {
            hasContent = true;
            shown.append(c);
        } else if (field != Field.OTHER && value.length() < MAX_NAME) {
            value.append(c);
        }
    }

    private boolean endValue() {
        if (field == Field.TITLE && title == null && !value.toString().isBlank()) {
            ShownText.mend(value, 0, value.length());
            title = value.toString().strip();
            shown.report();
            out.stepTitled(number, title);
        } else if (field == Field.NEXT_ACTION) {
            nextAction = nextActionNamed(value);
        }
        state = State.MEMBER;
        return true;
    }

    private boolean after() {
        if (!proseShown) {
            position = reply.length();
            return false;
        }
        while (position < reply.length() && (isSpace(reply.charAt(position)) || reply.charAt(position) == '`')) {
            position++;
        }
        if (position == reply.length()) {
            return false;
        }
        shown.beginSection();
        state = State.REST;
        return true;
    }

    private boolean rest() {
        shown.append(reply, position, reply.length());
        position = reply.length();
        return false;
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < reply.length() && isSpace(reply.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isSpace(char c) {
        return c <= ' ';
    }

    private static Field fieldNamed(String key) {
        return switch (lettersOf(key)) {
            case "title" -> Field.TITLE;
            case "content" -> Field.CONTENT;
            case "nextaction" -> Field.NEXT_ACTION;
            default -> Field.OTHER;
        };
    }

    private static Step.@Nullable NextAction nextActionNamed(CharSequence name) {
        return switch (lettersOf(name)) {
            case "continue" -> Step.NextAction.CONTINUE;
            case "finalanswer" -> Step.NextAction.FINAL_ANSWER;
            default -> null;
        };
    }

    /** The ASCII letters alone, as small ones: what is left of {@code Next-Action}, {@code nextAction} and {@code next_action}. */
    private static String lettersOf(CharSequence name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char small = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
            if (small >= 'a' && small <= 'z') {
                letters.append(small);
            }
        }
        return letters.toString();
    }
}
