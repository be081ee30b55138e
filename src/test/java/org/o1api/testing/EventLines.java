package org.o1api.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the server-sent events of a response, strictly: no event may differ from what the gateway sends. */
final class EventLines implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;
    private final List<String> comments = new ArrayList<>();

    /** One event as it was on the wire. */
    record Event(String name, String data) {}

    EventLines(HttpResponse<InputStream> response) {
        this.response = response;
        lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    /** Reads the next event; null at the end of the stream. */
    @Nullable
    Event next() {
        String name = "";
        @Nullable String data = null;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ") && data == null) {
                    data = line.substring(6);
                } else if (line.startsWith("event: ") && name.isEmpty()) {
                    name = line.substring(7);
                } else if (line.startsWith(":")) {
                    comments.add(line);
                } else if (line.isEmpty() && data != null) {
                    return new Event(name, data);
                } else {
                    throw new AssertionError("unexpected line in an event stream: '" + line + "'");
                }
            }
            if (data != null) {
                throw new AssertionError("the stream ended within an event: " + data);
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The comments received so far. */
    List<String> comments() {
        return comments;
    }

    /** A body that is not a stream. */
    String text() {
        try {
            StringBuilder text = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                text.append((char) c);
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Disconnects. */
    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
