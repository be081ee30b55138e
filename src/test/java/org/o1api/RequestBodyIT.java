package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;

/** Request bodies that arrive slowly, never, too large, or without an API key. */
class RequestBodyIT {
    private static final String SECOND_KEY = "sk-second-4712";
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final String CHAT = "/v1/chat/completions";

    /** A raw HTTP connection. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;

        Connection(GatewayFixture fixture) throws IOException {
            URI url = fixture.gateway().url();
            socket = new Socket(url.getHost(), url.getPort());
            socket.setSoTimeout(15_000);
        }

        Connection send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        /** The response head and, for an error, its JSON; skips interim responses. */
        String reply() throws IOException {
            StringBuilder reply = new StringBuilder();
            try {
                for (int c = socket.getInputStream().read();
                        c >= 0;
                        c = socket.getInputStream().read()) {
                    reply.append((char) c);
                    if (reply.toString().equals("HTTP/1.1 100 \r\n\r\n")
                            || reply.toString().equals("HTTP/1.1 100 Continue\r\n\r\n")) {
                        reply.setLength(0);
                    }
                    boolean health = reply.indexOf("\"status\":") >= 0 && reply.charAt(reply.length() - 1) == '}';
                    if (health || reply.indexOf("}}") >= 0) {
                        break;
                    }
                }
            } catch (SocketException e) {
                // reset by the server
            }
            return reply.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String head(String requestLine, String... headers) {
        return requestLine + "\r\nHost: localhost\r\n"
                + String.join(
                        "", List.of(headers).stream().map(line -> line + "\r\n").toList()) + "\r\n";
    }

    private static String authorizedHead(String key, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Authorization: Bearer " + key);
        all.add("Content-Type: application/json");
        return head("POST " + CHAT + " HTTP/1.1", all.toArray(String[]::new));
    }

    /** None of these requests sends a byte of its announced body. */
    @InContainers
    void isNotAwaitedBeforeAuthentication(GatewayFixture fixture) throws IOException {
        List<String> requests = new ArrayList<>();
        for (String path : List.of(CHAT, "/v1/models", "/v1/conversations", "/nothing", "/error", "/", "/health")) {
            for (String method : List.of("POST", "PUT", "GET", "DELETE", "PATCH", "FOO")) {
                requests.add(head(
                        method + " " + path + " HTTP/1.1", "Content-Type: application/json", "Content-Length: 1000"));
            }
            for (String type : List.of(
                    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "garbage")) {
                requests.add(head(
                        "POST " + path + " HTTP/1.1",
                        "Authorization: Bearer sk-wrong",
                        "Content-Type: " + type,
                        "Content-Length: 1000"));
            }
            requests.add(head("POST " + path + " HTTP/1.1", "Transfer-Encoding: chunked"));
            requests.add(head("POST " + path + " HTTP/1.1", "Content-Length: 9", "Expect: 100-continue"));
            requests.add(head("POST " + path + " HTTP/1.0", "Content-Length: 1000"));
        }
        for (String request : requests) {
            try (Connection connection = new Connection(fixture)) {
                String reply = connection.send(request).reply();
                assertThat(reply)
                        .as(request)
                        .matches("(?s)HTTP/1\\.[01] (401|501) .*") // Tomcat answers 501 to FOO
                        .containsIgnoringCase("\r\nx-request-id: ")
                        .contains("\"type\":\"invalid_request_error\"")
                        .containsIgnoringCase("\r\nConnection: close");
            }
        }
    }

    @InContainers
    void isNotAwaitedOnPublicPaths(GatewayFixture fixture) throws IOException {
        for (String path : List.of("/health/live", "/health/ready")) {
            for (String type : List.of("application/json", "application/x-www-form-urlencoded")) {
                for (String length : List.of("Content-Length: 9000000", "Transfer-Encoding: chunked")) {
                    try (Connection connection = new Connection(fixture)) {
                        assertThat(connection
                                        .send(head("POST " + path + " HTTP/1.1", "Content-Type: " + type, length))
                                        .reply())
                                .as("%s %s", path, length)
                                .startsWith("HTTP/1.1 405")
                                .containsIgnoringCase("\r\nx-request-id: ");
                    }
                }
            }
            try (Connection connection = new Connection(fixture)) {
                assertThat(connection
                                .send(head("GET " + path + " HTTP/1.1", "Content-Length: 9000000", "Connection: close"))
                                .reply())
                        .startsWith("HTTP/1.1 200");
            }
        }
    }

    /** Opens more connections than a container has threads; each sends only the start of a body, without an API key. */
    @InContainers
    void holdsNoThreadForClientsWithoutAKey(GatewayFixture fixture) throws IOException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 220; i++) {
                String path = List.of(CHAT, "/health/live", "/nothing").get(i % 3);
                String type = List.of("application/json", "application/x-www-form-urlencoded")
                        .get(i % 2);
                Connection connection = new Connection(fixture);
                connections.add(connection);
                connection
                        .send(head("POST " + path + " HTTP/1.1", "Content-Type: " + type, "Content-Length: 9000000"))
                        .send("x");
            }
            assertThat(fixture.gateway().client("").get("/health/live").status())
                    .isEqualTo(200);
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    @InContainers
    void holdsNoContainerThreadForCallers(GatewayFixture fixture) throws IOException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 220; i++) {
                Connection connection = new Connection(fixture);
                connections.add(connection);
                connection
                        .send(authorizedHead(GatewayFixture.KEY, "Content-Length: 100"))
                        .send("{");
            }
            assertThat(fixture.gateway().client("").get("/health/live").status())
                    .isEqualTo(200);
            fixture.script(Script.answer("Yes."));
            assertThat(fixture.client().postQuestion("?", NO_REASONING).content())
                    .isEqualTo("Yes.");
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    @InContainers
    void mayArriveInPieces(GatewayFixture fixture) throws IOException {
        String body = "{" + NO_REASONING + ", \"messages\": [{\"role\": \"user\", \"content\": \""
                + "ü€😀".repeat(20_000) + "\"}]}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (boolean chunked : List.of(false, true)) {
            fixture.script(Script.answer("Yes."));
            try (Connection connection = new Connection(fixture)) {
                connection.send(authorizedHead(
                        GatewayFixture.KEY,
                        chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes.length));
                for (int from = 0; from < bytes.length; from += 9973) {
                    int length = Math.min(9973, bytes.length - from);
                    if (chunked) {
                        connection.send(Integer.toHexString(length) + "\r\n");
                    }
                    connection.socket.getOutputStream().write(bytes, from, length);
                    if (chunked) {
                        connection.send("\r\n");
                    }
                }
                connection.send(chunked ? "0\r\n\r\n" : "");

                assertThat(connection.reply()).startsWith("HTTP/1.1 200").contains("Yes.");
            }
            assertThat(fixture.request(0).body().at("/messages/0/content").asText())
                    .hasSize(4 * 20_000);
        }
    }

    @InContainers(config = "limits: { body_time: 1s }")
    void mustArriveInTime(GatewayFixture fixture) throws IOException {
        for (String length : List.of("Content-Length: 50", "Transfer-Encoding: chunked")) {
            try (Connection connection = new Connection(fixture)) {
                assertThat(connection
                                .send(authorizedHead(GatewayFixture.KEY, length))
                                .reply())
                        .startsWith("HTTP/1.1 408")
                        .containsIgnoringCase("\r\nConnection: close")
                        .contains("\"code\":\"request_timeout\"", "limits.body_time");
            }
        }
    }

    @InContainers(config = "limits: { body: 2KiB }")
    void isLimitedWithoutAContentLength(GatewayFixture fixture) throws IOException {
        try (Connection connection = new Connection(fixture)) {
            connection.send(authorizedHead(GatewayFixture.KEY, "Transfer-Encoding: chunked"));
            connection.send("801\r\n" + "x".repeat(2049) + "\r\n");
            assertThat(connection.reply()).startsWith("HTTP/1.1 413").contains("\"code\":\"request_too_large\"");
        }
    }

    @InContainers(
            config = {"limits: { body: 4KiB, bodies: 12KiB }", "api_keys: [{ name: second, key: " + SECOND_KEY + " }]"})
    void isLimitedInTotal(GatewayFixture fixture) throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        String question = "x".repeat(3500);
        fixture.dispatch(request -> exchange -> exchange.stream()
                .text("It")
                .await(end)
                .text(" is.")
                .finish("stop")
                .done());
        try (ChatClient.Stream first = fixture.client().streamQuestion(question, NO_REASONING)) {
            assertThat(first.nextText().content()).isEqualTo("It");

            ChatClient.JsonResponse share = fixture.client().postQuestion(question, NO_REASONING);
            assertThat(share.status()).isEqualTo(429);
            assertThat(share.json().at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
            assertThat(share.json().at("/error/message").asText()).contains("limits.bodies");
            assertThat(share.header("Retry-After")).isEqualTo("1");

            ChatClient second = fixture.gateway().client(SECOND_KEY);
            try (ChatClient.Stream other = second.streamQuestion(question, NO_REASONING)) {
                assertThat(other.nextText().content()).isEqualTo("It");
                end.countDown();
                assertThat(ChatClient.content(first.remainingEvents())).isEqualTo(" is.");
                assertThat(ChatClient.content(other.remainingEvents())).isEqualTo(" is.");
            }
        } finally {
            end.countDown();
        }
        assertThat(fixture.client().postQuestion(question, NO_REASONING).content())
                .isEqualTo("It is.");
    }

    @InContainers(config = "limits: { body: 4KiB, bodies: 4KiB }")
    void isRejectedAsOverloadedAboveTheTotalLimit(GatewayFixture fixture) throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        fixture.dispatch(request -> exchange -> exchange.stream()
                .text("It")
                .await(end)
                .text(" is.")
                .finish("stop")
                .done());
        try (ChatClient.Stream first = fixture.client().streamQuestion("x".repeat(3500), NO_REASONING)) {
            assertThat(first.nextText().content()).isEqualTo("It");

            ChatClient.JsonResponse rejected = fixture.client().postQuestion("x".repeat(3500), NO_REASONING);
            assertThat(rejected.status()).isEqualTo(503);
            assertThat(rejected.json().at("/error/code").asText()).isEqualTo("overloaded");
            assertThat(rejected.header("Retry-After")).isEqualTo("1");
        } finally {
            end.countDown();
        }
    }

    @InContainers
    void mustBeUtf8(GatewayFixture fixture) throws IOException {
        String body = "{" + NO_REASONING + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        for (String charset : List.of("utf-16", "iso-8859-1", "\"ISO-8859-1\"")) {
            try (Connection connection = new Connection(fixture)) {
                String reply = connection
                        .send(head(
                                        "POST " + CHAT + " HTTP/1.1",
                                        "Authorization: Bearer " + GatewayFixture.KEY,
                                        "Content-Type: application/json; charset=" + charset,
                                        "Content-Length: " + body.length())
                                + body)
                        .reply();
                assertThat(reply).as(charset).startsWith("HTTP/1.1 415").contains("UTF-8");
            }
        }
        for (String charset : List.of("utf-8", "UTF-8", "\"utf-8\"", "us-ascii")) {
            fixture.script(Script.answer("Yes."));
            try (Connection connection = new Connection(fixture)) {
                String reply = connection
                        .send(head(
                                        "POST " + CHAT + " HTTP/1.1",
                                        "Authorization: Bearer " + GatewayFixture.KEY,
                                        "Content-Type: application/json; charset=" + charset,
                                        "Content-Length: " + body.length())
                                + body)
                        .reply();
                assertThat(reply).as(charset).startsWith("HTTP/1.1 200");
            }
        }
    }
}
