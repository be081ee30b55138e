package org.o1api.testing;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A request without reasoning as bytes, for clients that control their connection. */
public final class RawRequest {
    private static final int TIMEOUT_MILLIS = 60_000;

    private RawRequest() {}

    /**
     * The whole request, with its head.
     *
     * @param url of the gateway, with its context path
     * @param headers further ones
     */
    public static byte[] bytes(URI url, Surface surface, boolean streamed, String... headers) {
        String body = surface.body(Question.withoutReasoning("?"), streamed);
        List<String> lines = new ArrayList<>(List.of(
                "POST " + url.getPath() + surface.path() + " HTTP/1.1",
                "Host: localhost",
                "Authorization: Bearer " + GatewayFixture.KEY,
                "Content-Type: application/json",
                "Content-Length: " + body.length()));
        lines.addAll(List.of(headers));
        return (String.join("\r\n", lines) + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends the request on a new connection. */
    public static Socket send(URI url, Surface surface, boolean streamed, String... headers) throws IOException {
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(bytes(url, surface, streamed, headers));
        return socket;
    }

    public static Socket send(GatewayFixture fixture, Surface surface, boolean streamed) throws IOException {
        return send(fixture.gateway().url(), surface, streamed);
    }
}
