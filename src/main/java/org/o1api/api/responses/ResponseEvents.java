package org.o1api.api.responses;

import org.o1api.json.Json;

/** Gets the events of a response, in their order. */
@FunctionalInterface
interface ResponseEvents {
    /** Adds an event with these fields besides {@code type} and {@code sequence_number}. */
    void add(String type, Json.ValueWriter fields);
}
