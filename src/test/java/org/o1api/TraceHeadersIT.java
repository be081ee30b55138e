package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/** Which headers of a client's request are sent to the provider ({@code upstreams.*.trace_headers}). */
class TraceHeadersIT {
    private static final String ON = "upstream trace_headers: true";
    private static final String IDS = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    private static final String TRACEPARENT = "00-" + IDS + "-01";
    private static final String STEP = "{\"title\":\"T\",\"content\":\"c\",\"next_action\":\"final_answer\"}";

    @InContainers(config = ON)
    void sendsTheTraceAndTheRequestIdWithEachAttempt(GatewayFixture fixture) {
        for (boolean streamed : List.of(true, false)) {
            fixture.script(Script.error(500, "no"), Script.answer(STEP), Script.reset(), Script.answer("Yes."));
            String id = post(
                    fixture.client(),
                    streamed,
                    Map.of("TraceParent", TRACEPARENT, "tracestate", "a=1, b=2", "x-request-id", "client-1"));

            assertThat(id).isEqualTo("client-1");
            assertThat(fixture.requests())
                    .hasSizeGreaterThanOrEqualTo(4)
                    .extracting(TraceHeadersIT::traceHeaders)
                    .containsOnly(
                            Map.of("x-request-id", "client-1", "traceparent", TRACEPARENT, "tracestate", "a=1,b=2"));
        }
    }

    @InContainers(config = ON)
    void sendsOnlyTheRequestIdWithoutATrace(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        String id = post(fixture.client(), true, Map.of("tracestate", "a=1"));

        assertThat(id).startsWith("req_");
        assertThat(fixture.requests())
                .hasSize(2)
                .extracting(TraceHeadersIT::traceHeaders)
                .containsOnly(Map.of("x-request-id", id));
    }

    @InContainers(config = ON)
    void sendsNoInvalidHeader(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        String id = post(
                fixture.client(),
                true,
                Map.of("traceparent", TRACEPARENT + "-x", "tracestate", "a=1", "x-request-id", "a b"));

        assertThat(id).startsWith("req_");
        assertThat(traceHeaders(fixture.request(0))).isEqualTo(Map.of("x-request-id", id));
    }

    @InContainers(config = ON)
    void sendsATraceWithoutAnInvalidTracestate(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        post(fixture.client(), true, Map.of("traceparent", TRACEPARENT, "tracestate", "a"));

        assertThat(traceHeaders(fixture.request(0)))
                .containsEntry("traceparent", TRACEPARENT)
                .doesNotContainKey("tracestate");
    }

    @InContainers
    void sendsNoneByDefault(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        post(fixture.client(), true, Map.of("traceparent", TRACEPARENT, "tracestate", "a=1"));

        assertThat(fixture.requests())
                .hasSize(2)
                .extracting(TraceHeadersIT::traceHeaders)
                .containsOnly(Map.of());
    }

    @InContainers(config = ON)
    void sendsNoOtherHeaderOfTheClient(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        post(fixture.client(), true, Map.of());
        Set<String> usual = new TreeSet<>(fixture.request(0).headers().keySet());
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        post(
                fixture.client(),
                true,
                Map.of("X-Other", "1", "Cookie", "a=b", "baggage", "user=1", "X-Forwarded-For", "10.0.0.1"));

        assertThat(fixture.request(0).headers()).containsOnlyKeys(usual);
    }

    @InContainers(config = {ON, "upstream headers: { x-request-ID: fixed, TRACEPARENT: none }"})
    void prefersConfiguredHeaders(GatewayFixture fixture) {
        fixture.script(Script.answer(STEP), Script.answer("Yes."));
        post(fixture.client(), true, Map.of("traceparent", TRACEPARENT, "tracestate", "a=1"));

        assertThat(traceHeaders(fixture.request(0)))
                .isEqualTo(Map.of("x-request-id", "fixed", "traceparent", "none", "tracestate", "a=1"));
    }

    @ParameterizedTest
    @EnumSource
    void isASettingOfEachUpstream(Container container) {
        try (FakeUpstream main = FakeUpstream.dispatching(request -> Script.error(500, "no"));
                FakeUpstream spare = FakeUpstream.answering(STEP, "Yes.");
                RunningGateway gateway = container.start("api_bearer_token: " + GatewayFixture.KEY
                        + "\nupstreams: { main: { url: \"" + main.url()
                        + "\", attempts: 1 }, spare: { url: \"" + spare.url()
                        + "\", trace_headers: true } }\npresets: { thinker: { upstream: [main, spare] } }\n")) {
            String id = post(gateway.client(GatewayFixture.KEY), true, Map.of("traceparent", TRACEPARENT));

            assertThat(main.requests())
                    .isNotEmpty()
                    .extracting(TraceHeadersIT::traceHeaders)
                    .containsOnly(Map.of());
            assertThat(spare.requests())
                    .hasSize(2)
                    .extracting(TraceHeadersIT::traceHeaders)
                    .containsOnly(Map.of("x-request-id", id, "traceparent", TRACEPARENT));
        }
    }

    /** Asks a question; returns the response's request ID. */
    private static String post(ChatClient client, boolean streamed, Map<String, String> headers) {
        String body = "{\"reasoning_effort\":\"minimal\",\"stream\":" + streamed
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"?\"}]}";
        UnaryOperator<HttpRequest.Builder> request = builder -> {
            headers.forEach(builder::header);
            return ChatClient.postJson(body).apply(builder);
        };
        if (!streamed) {
            JsonResponse response = client.send("/v1/chat/completions", request);
            assertThat(response.content()).isEqualTo("Yes.");
            return String.valueOf(response.header("x-request-id"));
        }
        try (ChatClient.Stream response = client.stream(request)) {
            assertThat(ChatClient.content(response.remainingEvents())).isEqualTo("Yes.");
            return String.valueOf(response.header("x-request-id"));
        }
    }

    /** The headers under test, by lower-case name. */
    private static Map<String, String> traceHeaders(FakeUpstream.Request request) {
        Map<String, String> found = new TreeMap<>();
        request.headers().forEach((name, value) -> found.put(name.toLowerCase(Locale.ROOT), value));
        found.keySet().retainAll(Set.of("x-request-id", "traceparent", "tracestate"));
        return found;
    }
}
