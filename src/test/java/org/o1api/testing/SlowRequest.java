package org.o1api.testing;

import java.util.List;
import java.util.stream.Stream;

/** A POST whose body is announced but never completed. */
public record SlowRequest(Framing framing, String path, String contentType) {
    private static final String CHAT = Surface.CHAT.path();
    private static final String LIVE = "/health/live";
    private static final String UNKNOWN = "/nothing";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    /** The headers that announce the body, and one byte of it on the wire. */
    public enum Framing {
        /** Below the body limit, and below the size that Tomcat swallows of an unread body (2 MiB). */
        CONTENT_LENGTH("HTTP/1.1", "Content-Length: 1000000", " "),
        CHUNKED("HTTP/1.1", "Transfer-Encoding: chunked", "1\r\n \r\n"),
        EXPECT("HTTP/1.1", "Content-Length: 1000000\r\nExpect: 100-continue", " "),
        HTTP_1_0("HTTP/1.0", "Content-Length: 1000000", " ");

        private final String version;
        private final String headers;
        private final String piece;

        Framing(String version, String headers, String piece) {
            this.version = version;
            this.headers = headers;
            this.piece = piece;
        }
    }

    /** A request for a turn, with a Content-Length. */
    public static SlowRequest turn(Surface surface) {
        return new SlowRequest(Framing.CONTENT_LENGTH, surface.path(), JSON);
    }

    /** Three kinds of paths with two content types, and every other framing once. */
    public static Stream<SlowRequest> all() {
        Stream<SlowRequest> withLength = Stream.of(CHAT, LIVE, UNKNOWN)
                .flatMap(
                        path -> Stream.of(JSON, FORM).map(type -> new SlowRequest(Framing.CONTENT_LENGTH, path, type)));
        return Stream.concat(withLength, onePerFraming());
    }

    /** Every framing once, with different paths and content types. */
    public static Stream<SlowRequest> onePerFraming() {
        return List.of(
                new SlowRequest(Framing.CHUNKED, CHAT, JSON),
                new SlowRequest(Framing.EXPECT, LIVE, JSON),
                new SlowRequest(Framing.HTTP_1_0, UNKNOWN, FORM))
                .stream();
    }

    /** The status of the response without an API key. */
    public int statusWithoutKey() {
        return path.equals(LIVE) ? 405 : 401;
    }

    /**
     * The request line and the headers.
     *
     * @param context the context path of the gateway
     * @param key the API key; empty for none
     */
    String head(String context, String key) {
        String authorization = key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n";
        return "POST " + context + path + " " + framing.version + "\r\nHost: localhost\r\n" + authorization
                + "Content-Type: " + contentType + "\r\n" + framing.headers + "\r\n\r\n";
    }

    /** One byte of the body. */
    String bodyByte() {
        return framing.piece;
    }
}
