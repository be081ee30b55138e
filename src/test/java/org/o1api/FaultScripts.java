package org.o1api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.o1api.testing.FakeExchange;
import org.o1api.testing.Script;

/** Replies of providers that fail: at once, or after the first words of an answer. */
final class FaultScripts {
    static final byte[] TRUNCATED_CHARACTER = Arrays.copyOf(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"€".getBytes(StandardCharsets.UTF_8), 47);

    private FaultScripts() {}

    static void truncatedCharacter(FakeExchange exchange) throws IOException {
        exchange.stream().body(TRUNCATED_CHARACTER).end();
    }

    static void onlyHead(FakeExchange exchange) throws IOException {
        exchange.stream().awaitDisconnect();
    }

    static Script errorObject() {
        return exchange ->
                exchange.stream().event("{\"error\":{\"message\":\"no\"}}").end();
    }

    static Script html() {
        return exchange -> exchange.reply(200, "text/html", "<html><body>Sorry</body></html>");
    }

    static Script junk() {
        return exchange -> exchange.stream().event("{nonsense").end();
    }

    static void longLine(FakeExchange exchange) throws IOException {
        exchange.stream().body("data: ");
        for (int i = 0; i < 50; i++) {
            exchange.body("x".repeat(1 << 20)); // until the gateway closes the connection
        }
        exchange.awaitDisconnect();
    }

    static void truncatedCharacterLate(FakeExchange exchange) throws IOException {
        exchange.stream().text("It is").body(TRUNCATED_CHARACTER).end();
    }

    static void errorLate(FakeExchange exchange) throws IOException {
        exchange.stream()
                .text("It is")
                .event("{\"error\":{\"message\":\"no\"}}")
                .end();
    }

    static void sendEndlessEventLate(FakeExchange exchange) throws IOException, InterruptedException {
        sendEndlessEvent(exchange.stream().text("It is"));
    }

    /** An event that never completes, sent at one byte a second. */
    static void sendEndlessEvent(FakeExchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 20; i++) {
            exchange.body("d");
            if (never.await(1, TimeUnit.SECONDS)) {
                return;
            }
        }
    }
}
