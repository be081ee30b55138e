package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Access control: API keys, their presets, and CORS. */
class AccessIT {
    private static final String PRESETS =
            "presets: { thinker: { model: fake-model, aliases: [o1, openai/o1] }, team/deep: { model: deep-model, reasoning_format: reasoning } }";

    /** The second key is "sk-team-b", given by its SHA-256. */
    private static final String KEYS =
            "api_keys: [ { name: team-a, key: sk-team-a, presets: [thinker] }, { name: team-b, sha256: "
                    + "292d075b18c9240a48b848c521422c5f418f7dd16b5c66755fe58d0fb6a43e1f, presets: [team/deep] } ]";

    private static final String CORS = "cors: { origins: [ 'https://chat.example.com' ] }";

    private static List<String> models(ChatClient client) {
        return client.get("/v1/models").json().path("data").findValuesAsText("id");
    }

    @InContainers(config = {PRESETS, KEYS})
    void listsOnlyTheModelsOfTheKey(GatewayFixture fixture) {
        ChatClient teamA = fixture.gateway().client("sk-team-a");
        ChatClient teamB = fixture.gateway().client("sk-team-b");

        assertThat(models(fixture.client())).containsExactly("thinker", "team/deep");
        assertThat(models(teamA)).containsExactly("thinker");
        assertThat(models(teamB)).containsExactly("team/deep");
        assertThat(teamB.get("/v1/models/team/deep").json().path("owned_by").asText())
                .isEqualTo("o1-api");
        JsonResponse hidden = teamA.get("/v1/models/team/deep");
        JsonResponse unknown = teamA.get("/v1/models/nothing");
        for (JsonResponse answer : List.of(hidden, unknown)) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().at("/error/code").asText()).isEqualTo("model_not_found");
        }
    }

    @InContainers(config = {PRESETS, KEYS})
    void rejectsModelsThatTheKeyMayNotUse(GatewayFixture fixture) {
        ChatClient teamA = fixture.gateway().client("sk-team-a");
        ChatClient teamB = fixture.gateway().client("sk-team-b");
        fixture.script();
        for (JsonResponse answer : List.of(
                teamA.postQuestion("?", "\"model\": \"team/deep\""),
                teamA.postQuestion("?", "\"model\": \"nothing\""),
                teamB.postQuestion("?", "\"model\": \"thinker\""))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().at("/error/code").asText()).isEqualTo("model_not_found");
            assertThat(answer.json().at("/error/param").asText()).isEqualTo("model");
        }
        assertThat(fixture.requests()).isEmpty();

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        JsonNode reply = teamB.postQuestion("?", "\"model\": null").json();
        assertThat(reply.path("model").asText()).isEqualTo("team/deep");
        assertThat(reply.at("/choices/0/message/reasoning").asText()).isEqualTo(StepScripts.THREE_STEPS_TEXT);
        assertThat(fixture.request(0).body().path("model").asText()).isEqualTo("deep-model");
    }

    @InContainers(config = {PRESETS, KEYS})
    void acceptsAliasesWithoutListingThem(GatewayFixture fixture) {
        ChatClient teamA = fixture.gateway().client("sk-team-a");
        ChatClient teamB = fixture.gateway().client("sk-team-b");
        for (String alias : List.of("o1", "openai/o1")) {
            String model = "\"model\": \"" + alias + "\"";
            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
            assertThat(teamA.postQuestion("?", model).json().path("model").asText())
                    .isEqualTo(alias);
            assertThat(fixture.request(0).body().path("model").asText()).isEqualTo("fake-model");

            fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
            try (ChatClient.Stream stream = teamA.streamQuestion("?", model)) {
                assertThat(stream.remainingEvents())
                        .filteredOn(event -> !event.isDone())
                        .allSatisfy(event ->
                                assertThat(event.json().path("model").asText()).isEqualTo(alias));
            }

            JsonNode found = teamA.get("/v1/models/" + alias).json();
            assertThat(found.path("id").asText()).isEqualTo(alias);
            assertThat(found.path("object").asText()).isEqualTo("model");
            for (JsonResponse answer : List.of(teamB.get("/v1/models/" + alias), teamB.postQuestion("?", model))) {
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.json().at("/error/code").asText()).isEqualTo("model_not_found");
            }
        }
        assertThat(models(teamA)).containsExactly("thinker");
    }

    @InContainers(config = {"presets: { fast: {}, thinker: { aliases: [fake-model] } }"})
    void findsTheDefaultPresetByItsAlias(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        assertThat(fixture.client().postQuestion("?").json().path("model").asText())
                .isEqualTo("thinker");
        assertThat(fixture.request(0).body().path("model").asText()).isEqualTo("thinker");
    }

    @InContainers(config = {"presets: { thinker: {}, other: { model: other-model } }"})
    void usesTheDefaultModelForAPresetWithoutAModel(GatewayFixture fixture) {
        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));

        assertThat(fixture.client().postQuestion("?").json().path("model").asText())
                .isEqualTo("thinker");
        assertThat(fixture.request(0).body().path("model").asText()).isEqualTo("fake-model");
    }

    /** Collects formatted log messages. */
    private static final class Log extends Handler implements AutoCloseable {
        private final Logger root = Logger.getLogger("");
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();

        static Log open() {
            Log log = new Log();
            log.root.addHandler(log);
            return log;
        }

        @Override
        public void publish(LogRecord record) {
            Object[] parameters = record.getParameters();
            lines.add(
                    parameters == null || parameters.length == 0
                            ? String.valueOf(record.getMessage())
                            : MessageFormat.format(record.getMessage(), parameters));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            root.removeHandler(this);
        }
    }

    @InContainers(config = {PRESETS, KEYS})
    void logsTheCallerButNotTheKey(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.error(400, "No: " + GatewayFixture.PROVIDER_KEY));
        try (Log log = Log.open()) {
            fixture.gateway()
                    .client("sk-team-a")
                    .send(
                            "/v1/chat/completions",
                            request -> ChatClient.postJson("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")
                                    .apply(request.header("x-request-id", "trace-4711")));

            assertThat(log.lines)
                    .anyMatch(line -> line.contains("caller=team-a")
                            && line.contains("request=trace-4711")
                            && line.contains("model=thinker")
                            && line.contains("code=upstream_refused"))
                    .noneMatch(line -> line.contains("sk-team") || line.contains(GatewayFixture.PROVIDER_KEY));
        }
    }

    @InContainers(config = {PRESETS, KEYS})
    void logsTheUsageOfATurnButNoText(GatewayFixture fixture) {
        try (Log log = Log.open()) {
            for (boolean streams : List.of(false, true)) {
                fixture.script(StepScripts.threeStepsThenAnswer("Yes, privately."));
                if (streams) {
                    try (ChatClient.Stream stream =
                            fixture.gateway().client("sk-team-a").streamQuestion("In private?")) {
                        assertThat(ChatClient.content(stream.remainingEvents())).isEqualTo("Yes, privately.");
                    }
                } else {
                    fixture.gateway().client("sk-team-a").postQuestion("In private?");
                }

                String line = "turn done: request=req_[0-9a-f]+"
                        + " caller=team-a model=thinker upstream=default strategy=steps calls=4 attempts=4 tokens=40\\+20 ms=\\d+ finish=stop ended_by=answered";
                int lines = streams ? 2 : 1;
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> log.lines.stream()
                                        .filter(logged -> logged.matches(line))
                                        .count()
                                == lines);
            }
            assertThat(log.lines).noneMatch(line -> line.contains("private") || line.contains("sk-"));
        }
    }

    @InContainers(config = {PRESETS, KEYS})
    void logsTheUsageOfAFailedTurn(GatewayFixture fixture) {
        fixture.script(Script.answer(StepScripts.step("T", "c", "final_answer")), Script.error(400, "No."));
        try (Log log = Log.open()) {
            fixture.gateway().client("sk-team-a").postQuestion("?", "\"reasoning_effort\": \"minimal\"");
            assertThat(log.lines)
                    .anyMatch(line ->
                            line.startsWith("turn failed: ") && line.contains(" calls=2 attempts=2 tokens=10+5 "));
        }
    }

    /** Providers quote the prompt in error messages; every place where an error can occur is covered. */
    @InContainers
    void doesNotLogPromptsQuotedInProviderErrors(GatewayFixture fixture) {
        String quoted = "Invalid prompt: [my secret question]";
        String error = "{\"error\":{\"message\":\"" + quoted + "\",\"type\":\"x\",\"code\":\"c\"}}";
        List<Script> scripts = List.of(
                Script.error(400, quoted),
                Script.error(500, quoted),
                Script.error(401, quoted),
                Script.status(200, error),
                exchange -> exchange.stream().text("It").event(error).end(),
                exchange -> exchange.stream().event(error).end(),
                exchange -> exchange.stream()
                        .raw("event: error\ndata: " + error + "\n\n")
                        .end());
        try (Log log = Log.open()) {
            for (Script script : scripts) {
                fixture.dispatch(request -> script);
                fixture.client().postQuestion("my secret question", "\"reasoning_effort\": \"none\"");
                try (ChatClient.Stream stream = fixture.client().streamQuestion("my secret question")) {
                    if (stream.status() == 200) {
                        stream.remainingEvents();
                    }
                }
            }
            assertThat(log.lines).isNotEmpty().noneMatch(line -> line.contains("secret"));
        }
    }

    private static JsonResponse preflight(GatewayFixture fixture, String origin) {
        return fixture.gateway()
                .client("")
                .send(
                        "/v1/chat/completions",
                        request -> request.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                .header("Origin", origin)
                                .header("Access-Control-Request-Method", "POST")
                                .header("Access-Control-Request-Headers", "authorization,content-type,x-stainless-os"));
    }

    private static JsonResponse from(String origin, ChatClient client) {
        return client.send("/v1/models", request -> request.GET().header("Origin", origin));
    }

    @InContainers(config = CORS)
    void allowsConfiguredOrigins(GatewayFixture fixture) {
        JsonResponse preflight = preflight(fixture, "https://chat.example.com");
        assertThat(preflight.status()).isEqualTo(204);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example.com");
        assertThat(preflight.header("Access-Control-Allow-Methods")).contains("POST", "GET");
        assertThat(preflight.header("Access-Control-Allow-Headers")).contains("authorization", "x-stainless-os");

        JsonResponse good = from("https://chat.example.com", fixture.client());
        assertThat(good.status()).isEqualTo(200);
        assertThat(good.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example.com");
        assertThat(good.header("Access-Control-Expose-Headers"))
                .contains("x-request-id, request-id", "Retry-After", "x-o1-idempotency");
        assertThat(good.header("Vary")).contains("Origin");
        JsonResponse rejected =
                from("https://chat.example.com", fixture.gateway().client("sk-wrong"));
        assertThat(rejected.status()).isEqualTo(401);
        assertThat(rejected.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example.com");

        fixture.script(StepScripts.threeStepsThenAnswer("Yes."));
        JsonResponse chat = fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")
                                .apply(request.header("Origin", "https://chat.example.com")));
        assertThat(chat.header("Access-Control-Allow-Origin")).isEqualTo("https://chat.example.com");
    }

    @InContainers(config = CORS)
    void rejectsOtherOrigins(GatewayFixture fixture) {
        for (String origin : List.of("https://evil.example.com", "http://chat.example.com", "null")) {
            assertThat(preflight(fixture, origin).status()).as(origin).isEqualTo(401);
            assertThat(preflight(fixture, origin).header("Access-Control-Allow-Origin"))
                    .as(origin)
                    .isNull();
            assertThat(from(origin, fixture.client()).header("Access-Control-Allow-Origin"))
                    .as(origin)
                    .isNull();
        }
    }

    private static JsonResponse sentBy(String site, String origin, GatewayFixture fixture) {
        return fixture.client()
                .send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")
                                .apply(request.header("Sec-Fetch-Site", site).header("Origin", origin)));
    }

    /** A browser says where a request comes from. A proxy in front of the gateway may have added the key. */
    @InContainers(config = CORS)
    void rejectsRequestsOfPagesOfOtherSites(GatewayFixture fixture) {
        fixture.script();
        for (String origin : List.of("https://evil.example.com", "null")) {
            JsonResponse rejected = sentBy("cross-site", origin, fixture);
            assertThat(rejected.status()).as(origin).isEqualTo(403);
            assertThat(rejected.json().at("/error/code").asText()).isEqualTo("cross_site_request");
        }
        JsonResponse deletion = fixture.client()
                .send("/v1/conversations/x", request -> request.DELETE().header("Sec-Fetch-Site", "cross-site"));
        assertThat(deletion.status()).isEqualTo(403);
        assertThat(fixture.requests()).isEmpty();

        fixture.dispatch(request -> StepScripts.threeStepsThenAnswer("Yes.")[0]);
        assertThat(sentBy("cross-site", "https://chat.example.com", fixture).status())
                .isNotEqualTo(403);
        for (String site : List.of("same-origin", "same-site", "none")) {
            assertThat(sentBy(site, "https://gateway.example.com", fixture).status())
                    .as(site)
                    .isNotEqualTo(403);
        }
        assertThat(fixture.client()
                        .send("/v1/models", request -> request.GET().header("Sec-Fetch-Site", "cross-site"))
                        .status())
                .isEqualTo(200);
    }

    @InContainers
    void allowsNoOriginByDefault(GatewayFixture fixture) {
        assertThat(preflight(fixture, "https://chat.example.com").status()).isEqualTo(401);
        assertThat(from("https://chat.example.com", fixture.client()).header("Access-Control-Allow-Origin"))
                .isNull();
    }
}
