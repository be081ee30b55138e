package org.o1api.api.responses;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.o1api.json.Json;

/** Encodes events as server-sent events. Collects them until they are taken. */
final class EventEncoder implements ResponseEvents {
    private static final byte[] NAME = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream(1024);
    private int sequenceNumber;

    /**
     * Creates an encoder.
     *
     * @param first the sequence number of its first event
     */
    EventEncoder(int first) {
        sequenceNumber = first;
    }

    @Override
    public void add(String type, Json.ValueWriter fields) {
        int number = sequenceNumber++;
        output.writeBytes(NAME);
        output.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        output.writeBytes(DATA);
        output.writeBytes(Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", type);
            json.writeNumberField("sequence_number", number);
            fields.write(json);
            json.writeEndObject();
        }));
        output.writeBytes(END);
    }

    boolean isEmpty() {
        return output.size() == 0;
    }

    /** Returns the events that were added since the last call. */
    byte[] take() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }
}
