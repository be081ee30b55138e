package org.o1api.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/**
 * An event of a stream, in no API's terms.
 *
 * @param text the reasoning or the answer's text in the event; empty if it has none
 * @param json the data of the event; missing if they are not JSON
 */
public record SurfaceEvent(Kind kind, String text, JsonNode json) {
    /** What an event is. Each stream has one event that starts it, and one that ends it. */
    public enum Kind {
        STARTED,
        REASONING,
        CONTENT,
        HEARTBEAT,
        OTHER,
        COMPLETED,
        INCOMPLETE,
        FAILED;

        boolean isEnd() {
            return this == COMPLETED || this == INCOMPLETE || this == FAILED;
        }
    }

    static SurfaceEvent of(Kind kind, JsonNode json) {
        return new SurfaceEvent(kind, "", json);
    }

    static SurfaceEvent of(Kind kind) {
        return of(kind, MissingNode.getInstance());
    }

    /** Reads the events of one stream, in their order, and validates each against the API's schema. */
    interface Reader {
        SurfaceEvent read(EventLines.Event event);
    }
}
