package org.o1api.server;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Bytes of a response, which {@link FrameWriter} writes as they are. */
final class Frame implements OutboundSseEvent {
    private final byte[] bytes;
    private boolean written;

    Frame(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Whether the bytes have reached the container. Known as soon as Jersey's sink has returned, see {@link SseSink}. */
    boolean isWritten() {
        return written;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
        written = true;
    }

    @Override
    public Class<?> getType() {
        return byte[].class;
    }

    @Override
    public Type getGenericType() {
        return byte[].class;
    }

    @Override
    public MediaType getMediaType() {
        return MediaType.SERVER_SENT_EVENTS_TYPE;
    }

    @Override
    public Object getData() {
        return bytes;
    }

    @Override
    public @Nullable String getId() {
        return null;
    }

    @Override
    public @Nullable String getName() {
        return null;
    }

    @Override
    public @Nullable String getComment() {
        return null;
    }

    @Override
    public long getReconnectDelay() {
        return SseEvent.RECONNECT_NOT_SET;
    }

    @Override
    public boolean isReconnectDelaySet() {
        return false;
    }
}
