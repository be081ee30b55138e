package org.o1api.model;

/** A JSON value as text. It is passed on byte for byte, so that providers can cache prompts. */
public record RawJson(String text) {
    public RawJson {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a JSON value must not be blank");
        }
    }

    /** Whether the value is an empty array. */
    public boolean isEmptyList() {
        return isEmpty('[');
    }

    /** Whether the value is an empty string, array or object. */
    public boolean isEmpty() {
        return text.equals("\"\"") || isEmpty('[') || isEmpty('{');
    }

    private boolean isEmpty(char opening) {
        return text.charAt(0) == opening && text.substring(1, text.length() - 1).isBlank();
    }

    @Override
    public String toString() {
        return text;
    }
}
