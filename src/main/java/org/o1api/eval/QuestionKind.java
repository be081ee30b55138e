package org.o1api.eval;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.sampling.AnswerKey;

/** What kind of answer a question has. */
enum QuestionKind {
    NUMBER,
    /** The letter of an option. */
    OPTION,
    /** Yes or no, true or false. */
    YES_NO,
    /** Anything else, such as a name or a date. Compared without case, punctuation and white space. */
    TEXT;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in question files and reports. */
    String wireName() {
        return wireName;
    }

    static Optional<QuestionKind> fromWireName(String name) {
        for (QuestionKind kind : values()) {
            if (kind.wireName.equals(name)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The kind of a question whose file does not state it. */
    static QuestionKind of(@Nullable AnswerKey answer) {
        if (answer == null) {
            return TEXT;
        }
        return switch (answer.kind()) {
            case NUMBER -> NUMBER;
            case OPTION, OPTION_OR_NAME -> OPTION;
            case TRUTH -> YES_NO;
            case TEXT, JSON, TOOL_CALLS, REFUSAL -> TEXT;
        };
    }
}
