package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.SurfaceEvent.Kind;

/** A streamed response of any API. Its first event starts it, and after its end there is no other. */
public final class SurfaceStream implements AutoCloseable {
    private final Surface surface;
    private final EventLines lines;
    private final SurfaceEvent.Reader reader;
    private boolean started;
    private boolean ended;

    SurfaceStream(Surface surface, HttpResponse<InputStream> response) {
        this.surface = surface;
        lines = new EventLines(response);
        reader = surface.reader();
    }

    /** The last events of a stream, up to its end. */
    public record Rest(Surface surface, List<SurfaceEvent> events) {
        public Rest {
            assertThat(events).as("a stream without an end").isNotEmpty();
            assertThat(events.get(events.size() - 1).kind().isEnd())
                    .as("the last event ends the stream: %s", events)
                    .isTrue();
        }

        public String content() {
            return text(Kind.CONTENT);
        }

        public String reasoning() {
            return text(Kind.REASONING);
        }

        private String text(Kind kind) {
            return events.stream()
                    .filter(event -> event.kind() == kind)
                    .map(SurfaceEvent::text)
                    .collect(Collectors.joining());
        }

        private SurfaceEvent last() {
            return events.get(events.size() - 1);
        }

        /** How the stream has ended. */
        public Kind end() {
            return last().kind();
        }

        /** Fails unless the stream has ended with an error. */
        public void assertFailed(String code) {
            assertThat(end()).isEqualTo(Kind.FAILED);
            surface.checkFailure(last().json(), code);
        }
    }

    public int status() {
        return lines.response().statusCode();
    }

    public @Nullable String header(String name) {
        return lines.response().headers().firstValue(name).orElse(null);
    }

    /** The SSE comments received so far. */
    public List<String> comments() {
        return lines.comments();
    }

    /** Fails unless the response is an error instead of a stream. */
    public void assertRejected(int status, String code) {
        assertThat(status()).isEqualTo(status);
        surface.checkError(ChatClient.parsed(lines.errorBody()), code);
    }

    /** Reads the next event; null at the end of the stream. */
    public @Nullable SurfaceEvent next() {
        EventLines.Event line = lines.next();
        if (line == null) {
            return null;
        }
        SurfaceEvent event = reader.read(line);
        assertThat(ended).as("an event after the end: %s", event).isFalse();
        assertThat(event.kind() == Kind.STARTED)
                .as("the first event, and no other, starts the stream: %s", event)
                .isEqualTo(!started);
        started = true;
        ended = event.kind().isEnd();
        return event;
    }

    /** Reads the event that starts the stream. */
    public void awaitStart() {
        assertThat(next()).isNotNull();
    }

    /** Reads up to the first event with text of the reasoning or of the answer. */
    public SurfaceEvent nextText() {
        for (SurfaceEvent event = next(); event != null; event = next()) {
            if (event.kind() == Kind.CONTENT || event.kind() == Kind.REASONING) {
                return event;
            }
        }
        throw new AssertionError("the stream ended before it showed any text");
    }

    /** Reads up to the end. */
    public Rest rest() {
        List<SurfaceEvent> events = new ArrayList<>();
        for (SurfaceEvent event = next(); event != null; event = next()) {
            events.add(event);
        }
        return new Rest(surface, events);
    }

    /** Disconnects. */
    @Override
    public void close() {
        lines.close();
    }
}
