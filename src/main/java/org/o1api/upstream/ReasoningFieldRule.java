package org.o1api.upstream;

/**
 * What a provider has required or rejected regarding a field for earlier reasoning.
 *
 * @param field one of {@link ReasoningFields#NAMES}
 */
record ReasoningFieldRule(String field, Kind kind) {
    enum Kind {
        REJECTED("rejects %s in messages; it is left out"),
        REQUIRED_WITH_TOOL_CALLS("requires %s with earlier answers that call tools; it is sent"),
        REQUIRED("requires %s with earlier answers; it is sent");

        private final String description;

        Kind(String description) {
            this.description = description;
        }
    }

    String description() {
        return kind.description.formatted(field);
    }
}
