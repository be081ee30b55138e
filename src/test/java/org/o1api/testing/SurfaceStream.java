package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.SurfaceEvent.Kind;

/** A streamed response of any API. Its first event starts it, and after its end there is no other. */
public final class SurfaceStream extends StreamedResponse<SurfaceEvent> {
    private final Surface surface;
    private final AtomicInteger pings = new AtomicInteger();
    private boolean started;
    private boolean ended;

    SurfaceStream(Surface surface, HttpResponse<InputStream> response) {
        super(response, surface.reader(response)::read);
        this.surface = surface;
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

    /** The number of heartbeats received so far: comments or, on Messages, events of their own. */
    public int heartbeats() {
        return comments().size() + pings.get();
    }

    /** Fails unless the response is an error instead of a stream. */
    public void assertRejected(int status, String code) {
        assertThat(status()).isEqualTo(surface.statusOf(code, status));
        surface.checkError(errorBody(), code);
    }

    /** Reads the next event that is not a heartbeat; null at the end of the stream. */
    @Override
    public @Nullable SurfaceEvent next() {
        SurfaceEvent event = super.next();
        while (event != null && event.kind() == Kind.HEARTBEAT) {
            pings.incrementAndGet();
            event = super.next();
        }
        if (event == null) {
            return null;
        }
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
        return next("any text", event -> event.kind() == Kind.CONTENT || event.kind() == Kind.REASONING);
    }

    /** Reads up to the end. */
    public Rest rest() {
        return new Rest(surface, remainingEvents());
    }
}
