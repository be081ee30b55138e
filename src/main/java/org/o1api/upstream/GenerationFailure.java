package org.o1api.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The provider's own check rejected its model's output, which the provider reports as if the request were wrong. */
enum GenerationFailure {
    /** The output is not JSON although JSON mode was requested. */
    JSON("json_validate_failed", "failed to (?:generate|validate) json", "response_format"),
    /** A tool call that cannot be parsed, or that {@code tool_choice} does not allow. */
    TOOL_CALL(
            "tool_use_failed",
            "failed to call a function|model called a tool|tool call validation failed|attempted to call tool",
            "tool_choice");

    private final String code;
    private final Pattern pattern;
    private final String field;

    GenerationFailure(String code, String words, String field) {
        this.code = code;
        this.pattern = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
        this.field = field;
    }

    /** The request field that enables the check. */
    String field() {
        return field;
    }

    /** The failure that an error reports; null if it is of another kind. */
    static @Nullable GenerationFailure of(ProviderErrorBody error) {
        for (GenerationFailure failure : values()) {
            if (error.code() == null
                    ? failure.pattern.matcher(error.text()).lookingAt()
                    : failure.code.equals(error.code())) {
                return failure;
            }
        }
        return null;
    }
}
