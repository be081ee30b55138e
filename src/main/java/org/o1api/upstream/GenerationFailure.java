package org.o1api.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The model wrote something that the provider's own check rejects, which it reports as if the request were wrong. */
enum GenerationFailure {
    /** JSON mode, and the text is no JSON. */
    JSON("json_validate_failed", "failed to (?:generate|validate) json", "response_format"),
    /** A tool call that cannot be read, or one that {@code tool_choice} does not allow. */
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

    /** The field without which the provider does not check. */
    String field() {
        return field;
    }

    /** The failure that a provider reports; null if it is another one. */
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
