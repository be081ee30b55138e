package org.o1api.model;

/** The content of a message. */
public sealed interface Content {
    /** Plain text. */
    record Text(String text) implements Content {}

    /** A list of parts (text, images, files), passed to the upstream unchanged. */
    record Parts(RawJson json) implements Content {}
}
