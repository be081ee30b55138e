package org.o1api.model;

/** What a message says. */
public sealed interface Content {
    /** Plain text. */
    record Text(String text) implements Content {}

    /** A list of parts (text, images, files), which the upstream gets as it is. */
    record Parts(RawJson json) implements Content {}
}
