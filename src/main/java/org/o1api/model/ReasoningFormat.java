package org.o1api.model;

import java.util.Locale;
import java.util.Optional;

/** Where a reply contains the reasoning. */
public enum ReasoningFormat {
    /** In the field {@code reasoning_content} next to the content. */
    REASONING_CONTENT,
    /** In the field {@code reasoning} next to the content. */
    REASONING,
    /** In both fields. */
    BOTH,
    /** Inside the content, between {@code <think>} and {@code </think>}. */
    THINK,
    /** Inside the content, under Markdown headings. */
    MARKDOWN,
    /** Inside the content, in an HTML {@code <details>} element. */
    DETAILS,
    /** Omitted. */
    NONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The value in requests and in the configuration. */
    public String wireName() {
        return wireName;
    }

    public static Optional<ReasoningFormat> fromWireName(String name) {
        for (ReasoningFormat format : values()) {
            if (format.wireName.equals(name)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Whether the reasoning is part of the content, which would break an answer in JSON. */
    public boolean isInContent() {
        return this == THINK || this == MARKDOWN || this == DETAILS;
    }
}
