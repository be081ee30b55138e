package org.o1api.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A streamed response of any API. Each event is checked when it is read. */
public abstract class StreamedResponse<E> implements AutoCloseable {
    private final EventLines lines;
    private final Function<EventLines.Event, E> reader;

    StreamedResponse(HttpResponse<InputStream> response, Function<EventLines.Event, E> reader) {
        lines = new EventLines(response);
        this.reader = reader;
    }

    public final int status() {
        return lines.response().statusCode();
    }

    public final @Nullable String header(String name) {
        return lines.response().headers().firstValue(name).orElse(null);
    }

    /** Reads the next event; null at the end of the stream. */
    public @Nullable E next() {
        EventLines.Event line = lines.next();
        return line == null ? null : reader.apply(line);
    }

    /** Reads up to the first event that the test is waiting for. */
    final E next(String description, Predicate<E> wanted) {
        for (E event = next(); event != null; event = next()) {
            if (wanted.test(event)) {
                return event;
            }
        }
        throw new AssertionError("the stream ended before " + description);
    }

    /** Reads all remaining events. */
    public final List<E> remainingEvents() {
        List<E> events = new ArrayList<>();
        for (E event = next(); event != null; event = next()) {
            events.add(event);
        }
        return events;
    }

    /** The SSE comments received so far. */
    public final List<String> comments() {
        return lines.comments();
    }

    /** The JSON body of an error response, in the form of its API. */
    public final JsonNode errorBody() {
        String text = lines.text();
        if (lines.response().uri().getPath().endsWith(Surface.MESSAGES.path())) {
            AnthropicErrors.check(ChatClient.parsed(text), lines.response());
        } else {
            OpenAiSchema.ERROR.check(text);
        }
        return ChatClient.parsed(text);
    }

    /** Disconnects. */
    @Override
    public final void close() {
        lines.close();
    }
}
