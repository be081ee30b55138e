package org.o1api.json;

import com.fasterxml.jackson.core.StreamReadConstraints;

/**
 * Limits of JSON that was not validated before. A number has at most 1000 characters and a name 50,000; strings have no limit,
 * because a text is in memory already when it is parsed.
 *
 * @param depth the maximum nesting depth
 * @param values the maximum number of values, names and brackets
 */
public record JsonLimits(int depth, long values) {
    /** No limit on the number of values. */
    private static final long ANY_NUMBER = Long.MAX_VALUE;

    public JsonLimits {
        if (depth < 1 || values < 1) {
            throw new IllegalArgumentException("a limit below 1");
        }
    }

    /** Limits only the nesting depth. */
    public static JsonLimits ofDepth(int depth) {
        return new JsonLimits(depth, ANY_NUMBER);
    }

    StreamReadConstraints constraints() {
        return StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxTokenCount(values == ANY_NUMBER ? -1 : values) // counting costs time
                .maxStringLength(Integer.MAX_VALUE)
                .build();
    }
}
