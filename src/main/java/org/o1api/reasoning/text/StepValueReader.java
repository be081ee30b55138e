package org.o1api.reasoning.text;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.o1api.model.SurrogateGuard;

/** Reads the values of a step object as they arrive. Content is emitted immediately, the title when it is complete. */
final class StepValueReader {
    private static final int MAX_SHORT_VALUE = 1000;

    /** The keys of a step object. */
    enum Field {
        TITLE,
        CONTENT,
        NEXT_ACTION,
        OTHER;

        static Field ofKey(CharSequence key) {
            return switch (lettersOf(key)) {
                case "title" -> TITLE;
                case "content" -> CONTENT;
                case "nextaction" -> NEXT_ACTION;
                default -> OTHER;
            };
        }
    }

    private enum State {
        NONE,
        START,
        STRING,
        NESTED,
        LITERAL
    }

    private final Consumer<String> onTitle;
    private final TextEmitter emitter;
    private final ReplyCursor reply;
    private final StringBuilder shortValue = new StringBuilder();
    private State state = State.NONE;
    private Field field = Field.OTHER;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private @Nullable String title;
    private boolean hasContent;
    private Step.@Nullable NextAction nextAction;

    /**
     * Creates a reader for one object.
     *
     * @param onTitle gets the complete title
     * @param emitter gets the content
     */
    StepValueReader(Consumer<String> onTitle, TextEmitter emitter, ReplyCursor reply) {
        this.onTitle = onTitle;
        this.emitter = emitter;
        this.reply = reply;
    }

    @Nullable
    String title() {
        return title;
    }

    boolean hasContent() {
        return hasContent;
    }

    Step.@Nullable NextAction nextAction() {
        return nextAction;
    }

    void start(Field of) {
        field = of;
        shortValue.setLength(0);
        if (of == Field.CONTENT) {
            emitter.startSection();
        }
        state = State.START;
    }

    /** Reads the text that has arrived. Returns whether the value is complete. */
    boolean read() {
        if (state == State.START && !startValue()) {
            return false;
        }
        boolean complete = switch (state) {
            case STRING -> readString();
            case NESTED -> readNested();
            case LITERAL -> readLiteral();
            case NONE, START -> false;
        };
        if (complete) {
            end();
        }
        return complete;
    }

    /** Ends the value, complete or not. */
    void end() {
        if (state == State.NONE) {
            return;
        }
        state = State.NONE;
        if (field == Field.TITLE && title == null && !shortValue.toString().isBlank()) {
            SurrogateGuard.replaceUnpaired(shortValue, 0, shortValue.length());
            title = shortValue.toString().strip();
            emitter.emit();
            onTitle.accept(title);
        } else if (field == Field.NEXT_ACTION) {
            nextAction = switch (lettersOf(shortValue)) {
                case "continue" -> Step.NextAction.CONTINUE;
                case "finalanswer" -> Step.NextAction.FINAL_ANSWER;
                default -> null;
            };
        }
    }

    private boolean startValue() {
        reply.skipSpace();
        if (reply.isAtEnd()) {
            return false;
        }
        switch (reply.peek()) {
            case '"' -> {
                reply.position++;
                state = State.STRING;
            }
            case '{', '[' -> {
                depth = 0;
                inString = false;
                escaped = false;
                state = State.NESTED;
            }
            default -> state = State.LITERAL;
        }
        return true;
    }

    private boolean readString() {
        int i = reply.position;
        while (i < reply.length()) {
            char c = reply.charAt(i);
            if (c == '"') {
                appendUntil(i);
                // The title should be shown immediately, and a title with a comma after a quote is rare.
                int end = reply.endOfString(i, field == Field.TITLE);
                if (end == ReplyCursor.NEED_MORE) {
                    return false;
                }
                if (end != ReplyCursor.NOT_FOUND) {
                    reply.position = end;
                    return true;
                }
                i++;
            } else if (c == '\\') {
                appendUntil(i);
                int read = readEscape(i);
                if (read == 0) {
                    return false;
                }
                i += read;
                reply.position = i;
            } else {
                i++;
            }
        }
        appendUntil(i);
        return false;
    }

    /** Reads an escape sequence. Returns its length, or 0 if it has not arrived completely. */
    private int readEscape(int backslash) {
        if (backslash + 1 == reply.length()) {
            return 0;
        }
        char c = reply.charAt(backslash + 1);
        switch (c) {
            case '"', '\\', '/', '\'' -> append(c);
            case 'n' -> append('\n');
            case 'r' -> append('\r');
            case 't' -> append('\t');
            case 'b', 'f' -> {
                if (backslash + 2 == reply.length()) {
                    return 0;
                }
                if (Character.isLetter(reply.charAt(backslash + 2))) {
                    append('\\'); // \frac, \beta: LaTeX is likelier than a form feed before a word
                    return 1;
                }
                append(c == 'b' ? '\b' : '\f');
            }
            case 'u' -> {
                return readUnicodeEscape(backslash);
            }
            default -> {
                append('\\');
                return 1;
            }
        }
        return 2;
    }

    private int readUnicodeEscape(int backslash) {
        int code = 0;
        for (int i = backslash + 2; i < backslash + 6; i++) {
            if (i == reply.length()) {
                return 0;
            }
            int digit = hexDigit(reply.charAt(i));
            if (digit < 0) {
                append('\\');
                return 1;
            }
            code = (code << 4) | digit;
        }
        append((char) code);
        return 6;
    }

    private static int hexDigit(char c) {
        return c < 128 ? Character.digit(c, 16) : -1;
    }

    private boolean readNested() {
        for (int i = reply.position; i < reply.length(); i++) {
            char c = reply.charAt(i);
            if (escaped) {
                escaped = false;
            } else if (inString) {
                escaped = c == '\\';
                inString = c != '"';
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                appendUntil(i + 1);
                return true;
            }
        }
        appendUntil(reply.length());
        return false;
    }

    private boolean readLiteral() {
        int limit = reply.position + ReplyCursor.MAX_LOOK_AHEAD;
        int end = reply.position;
        while (end < reply.length() && end < limit && ",}\n".indexOf(reply.charAt(end)) < 0) {
            end++;
        }
        if (end == reply.length() && end < limit && !reply.isEnded()) {
            return false;
        }
        String literal = reply.substring(reply.position, end).strip();
        reply.position = end;
        if (!literal.equals("null")) {
            literal.chars().forEach(c -> append((char) c));
        }
        return true;
    }

    private void appendUntil(int end) {
        int from = reply.position;
        reply.position = end;
        if (field == Field.CONTENT) {
            hasContent |= from < end;
            emitter.append(reply.characters(), from, end);
        } else if (field != Field.OTHER) {
            shortValue.append(reply.characters(), from, Math.min(end, from + MAX_SHORT_VALUE - shortValue.length()));
        }
    }

    private void append(char c) {
        if (field == Field.CONTENT) {
            hasContent = true;
            emitter.append(c);
        } else if (field != Field.OTHER && shortValue.length() < MAX_SHORT_VALUE) {
            shortValue.append(c);
        }
    }

    /**
     * Reduces a name to its ASCII letters in lower case: {@code Next-Action}, {@code nextAction} and {@code next_action} are
     * equal.
     */
    private static String lettersOf(CharSequence name) {
        StringBuilder letters = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char lower = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
            if (lower >= 'a' && lower <= 'z') {
                letters.append(lower);
            }
        }
        return letters.toString();
    }
}
