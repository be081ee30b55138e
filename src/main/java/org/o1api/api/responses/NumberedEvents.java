package org.o1api.api.responses;

import org.o1api.api.EventEncoder;
import org.o1api.json.Json;

/** Encodes the events of a response, which are numbered. */
final class NumberedEvents implements ResponseEvents {
    private final EventEncoder encoder = new EventEncoder();
    private int sequenceNumber;

    /**
     * Creates an encoder.
     *
     * @param first the sequence number of its first event
     */
    NumberedEvents(int first) {
        sequenceNumber = first;
    }

    @Override
    public void add(String type, Json.ValueWriter fields) {
        int number = sequenceNumber++;
        encoder.add(type, json -> {
            json.writeNumberField("sequence_number", number);
            fields.write(json);
        });
    }

    boolean isEmpty() {
        return encoder.isEmpty();
    }

    /** Returns the events that were added since the last call. */
    byte[] take() {
        return encoder.take();
    }
}
