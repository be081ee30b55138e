package org.o1api.llm;

/** A JSON value as its own text: it is passed on unread, byte for byte, so that prompts stay stable. */
public record RawJson(String text) {
    public RawJson {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a JSON value is never blank");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
