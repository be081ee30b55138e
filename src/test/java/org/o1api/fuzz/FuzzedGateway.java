package org.o1api.fuzz;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** A gateway, its provider and its clients, for running {@link FuzzCase}s. Thread-safe. */
final class FuzzedGateway implements AutoCloseable {
    /** Far above what the upstream's timeouts and retries allow. */
    private static final int DEADLINE_SECONDS = 60;

    private static final Pattern TAG = Pattern.compile("fz-([0-9a-f]{16})-");

    private static final String CONFIG = """
            api_bearer_token: %1$s
            begin_after: 300ms
            heartbeat: 200ms
            limits: { turns: %2$d, body_time: 5s }
            upstreams:
              once: { url: "%3$s", api_key: "%4$s", attempts: 1, %5$s }
              again: { url: "%3$s?%8$s", api_key: "%4$s", attempts: 2, require_finish_reason: true, %5$s }
            presets:
              once: { upstream: once, model: fake, steps: { min: 1, max: 2 }, budget: { retries: 1 } }
              again: { upstream: again, model: fake, steps: { min: 1, max: 2 }, budget: { retries: 3 } }
              spare: { upstream: [once, again], model: fake, steps: { min: 1, max: 2 }, budget: { retries: 2 } }
            prompts:
              step: %6$s next_action
              answer: %7$s
            """;
    private static final String UPSTREAM =
            "concurrency: %d, queue: 16, event: 64KiB, max_retry_wait: 200ms, circuit_breaker: false,"
                    + " timeouts: { connect: 2s, first_token: 1s, idle: 1s, call: 5s }";

    private final Map<String, FuzzCase> running = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final FuzzReport report = new FuzzReport();
    private final ForbiddenLogRecords log = new ForbiddenLogRecords();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FakeUpstream upstream;
    private final RunningGateway gateway;
    private final IdleCheck idle;

    /** Starts a gateway with this number of concurrent turns and of concurrent calls to each upstream. */
    FuzzedGateway(int slots) {
        upstream = FakeUpstream.discardingRequests(this::script);
        gateway = Container.JETTY.start(CONFIG.formatted(
                GatewayFixture.KEY,
                slots,
                upstream.url(),
                GatewayFixture.PROVIDER_KEY,
                UPSTREAM.formatted(slots),
                FuzzCase.STEP_PROMPT,
                FuzzCase.ANSWER_PROMPT,
                FuzzCase.REQUIRES_FINISH_REASON));
        idle = new IdleCheck(upstream, this::sendIdleRequest, slots);
    }

    FuzzReport report() {
        return report;
    }

    private Script script(FakeUpstream.Request call) {
        Matcher tags = TAG.matcher(call.text());
        @Nullable FuzzCase fuzz = null;
        while (tags.find()) {
            FuzzCase found = running.get(tags.group(1));
            fuzz = found == null ? fuzz : found;
        }
        if (fuzz == null) {
            boolean step = call.text().contains(FuzzCase.STEP_PROMPT)
                    && !call.lastMessage().contains(FuzzCase.ANSWER_PROMPT);
            String text = step ? StepScripts.step("Title", "So", "final_answer") : call.asksForJson() ? "{}" : "Yes.";
            return exchange -> {
                exchange.stream().text(text);
                idle.awaitGate();
                exchange.finish("stop").usage(10, 5).done();
            };
        }
        WireReply reply = fuzz.reply(call);
        return exchange -> reply.send(exchange, stop);
    }

    /** Runs a case and reports the outcome. */
    FuzzCase run(long seed) {
        FuzzCase fuzz = new FuzzCase(seed);
        running.put(fuzz.tag, fuzz);
        try {
            for (int i = 0; i < fuzz.requests.size(); i++) {
                run(fuzz, fuzz.startRequest(i));
            }
        } finally {
            running.remove(fuzz.tag);
        }
        return fuzz;
    }

    private void run(FuzzCase fuzz, FuzzCase.Request request) {
        String outcome;
        String got = "";
        @Nullable String violation;
        try {
            HttpResponse<byte[]> response = send(request.body()).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            got = response.statusCode() + " " + response.headers().map() + "\n  "
                    + WireReply.javaLiteral(response.body());
            ClientReply reply = ClientReply.of(response);
            outcome = reply.answer() == null
                    ? reply.status() + " " + reply.code()
                    : "answer " + reply.answer().end();
            violation = ReplyRules.violation(fuzz, request, reply);
        } catch (ClientReply.ContractViolation e) {
            outcome = "broken";
            violation = e.getMessage();
        } catch (TimeoutException e) {
            outcome = "hang";
            violation = "no response within " + DEADLINE_SECONDS + " s";
        } catch (ExecutionException e) {
            outcome = "cut";
            violation = "the gateway cut the connection: " + e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        report.addRequest(request, fuzz.mutatesRequests, outcome);
        report.setLastResponse(got);
        if (violation != null) {
            report.addFinding(violation, fuzz, "\n  got " + got);
        }
        log.drain()
                .forEach(line ->
                        report.addFinding("a forbidden log record, perhaps of another seed", fuzz, "\n" + line));
    }

    /** Checks that the gateway holds no resources; call it only while no case is running. */
    void checkIdle() {
        try {
            idle.check();
            report.addIdleCheck();
        } catch (AssertionError | RuntimeException e) {
            report.addFinding("resources are held", null, String.valueOf(e));
        }
        log.drain().forEach(line -> report.addFinding("a forbidden log record", null, line));
    }

    private CompletableFuture<HttpResponse<byte[]>> sendIdleRequest(String preset) {
        return send(("{\"model\": \"" + preset
                        + "\", \"stream\": true, \"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"Idle?\"}]}")
                .getBytes(StandardCharsets.UTF_8));
    }

    private CompletableFuture<HttpResponse<byte[]>> send(byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + GatewayFixture.KEY)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            gateway.close();
        } finally {
            log.close();
            upstream.close();
        }
    }
}
