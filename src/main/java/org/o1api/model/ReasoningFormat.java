package org.o1api.model;

import java.util.Locale;
import java.util.Optional;

/** Where a reply shows the reasoning. */
public enum ReasoningFormat {
    /** In a field {@code reasoning_content} beside the content. */
    REASONING_CONTENT,
    /** In a field {@code reasoning} beside the content. */
    REASONING,
    /** In both fields. */
    BOTH,
    /** Inside the content, between {@code <think>} and {@code </think>}. */
    THINK,
    /** Inside the content, under Markdown headings. */
    MARKDOWN,
    /** Inside the content, in HTML {@code <details>}. */
    DETAILS,
    /** Nowhere: the answer alone. */
    NONE;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The format as requests and the config spell it. */
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

    /** Whether the reasoning stands in the content, where a caller who wants JSON cannot have it. */
    public boolean isInContent() {
        return this == THINK || this == MARKDOWN || this == DETAILS;
    }
}
