package org.o1api.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.o1api.json.Json;

/** Encodes objects with a {@code type} as server-sent events of that name. Collects them until they are taken. */
public final class EventEncoder {
    private static final byte[] NAME = "event: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream(1024);

    /** Adds an event with these fields besides {@code type}. */
    public void add(String type, Json.ValueWriter fields) {
        output.writeBytes(NAME);
        output.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        output.writeBytes(DATA);
        output.writeBytes(Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("type", type);
            fields.write(json);
            json.writeEndObject();
        }));
        output.writeBytes(END);
    }

    public boolean isEmpty() {
        return output.size() == 0;
    }

    /** Returns the events that were added since the last call. */
    public byte[] take() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }
}
