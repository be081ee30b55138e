package org.o1api.model;

/** A JSON value as its own text: it is passed on unread, byte for byte, so that prompts stay stable. */
public record RawJson(String text) {
    public RawJson {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a JSON value must not be blank");
        }
    }

    /** Whether it is a list without elements. */
    public boolean isEmptyList() {
        return isEmpty('[');
    }

    /** Whether it asks for nothing: an empty string, list or object. */
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
