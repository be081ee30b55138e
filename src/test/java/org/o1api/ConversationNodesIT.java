package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.Distribution;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Postgres;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** Conversations on several nodes with one database, after a node was killed, and without the database. */
@Tag("alone")
@Tag("slow")
class ConversationNodesIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final String REASONED = "{\"reasoning\": {\"effort\": \"minimal\"},"
            + " \"include\": [\"reasoning.encrypted_content\"], \"input\": \"Kept?\"}";
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private static String config(FakeUpstream upstream, String url, String more) {
        return "api_bearer_token: " + GatewayFixture.KEY + "\ndefault_model: fake-model\ndefault_api_url: "
                + upstream.url() + "\nconversations: { url: \"" + url + "\"" + more + " }\n";
    }

    /** Answers with the number of messages and the last message. */
    private static Script counting(FakeUpstream.Request request) {
        JsonNode messages = request.body().path("messages");
        return Script.answer(messages.size() + " "
                + messages.path(messages.size() - 1).path("content").asText());
    }

    private static List<String> contents(ChatClient client, String id) {
        List<String> texts = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = client.get("/v1/conversations/" + id + "/items?order=asc&limit=100" + after)
                    .json();
            page.path("data")
                    .forEach(item ->
                            texts.add(item.path("content").path(0).path("text").asText()));
            after = "&after=" + page.path("last_id").asText();
        } while (page.path("has_more").asBoolean());
        return texts;
    }

    @Test
    void continuesADialogueOnAnotherNode() {
        String url = Postgres.emptyDatabase();
        try (FakeUpstream upstream = FakeUpstream.dispatching(ConversationNodesIT::counting);
                RunningGateway one = Container.TOMCAT.start(config(upstream, url, ""));
                RunningGateway two = Container.JETTY.start(config(upstream, url, ""))) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                ChatClient client = (i % 2 == 0 ? one : two).client(GatewayFixture.KEY);
                JsonResponse answer = client.postQuestion("q" + i, "\"conversation_id\": \"walks\"", NO_REASONING);
                assertThat(answer.content()).isEqualTo((2 * i + 1) + " q" + i);
                expected.addAll(List.of("q" + i, answer.content()));
            }
            assertThat(contents(one.client(GatewayFixture.KEY), "walks")).isEqualTo(expected);
            assertThat(contents(two.client(GatewayFixture.KEY), "walks")).isEqualTo(expected);
        }
    }

    @Test
    void serializesConcurrentTurns() throws Exception {
        String url = Postgres.emptyDatabase();
        try (FakeUpstream upstream = FakeUpstream.dispatching(ConversationNodesIT::counting);
                RunningGateway one = Container.TOMCAT.start(config(upstream, url, ", wait: 3s"));
                RunningGateway two = Container.JETTY.start(config(upstream, url, ", wait: 3s"))) {
            List<JsonResponse> answers = Collections.synchronizedList(new ArrayList<>());
            List<Thread> threads = IntStream.range(0, 50)
                    .mapToObj(i -> new Thread(() -> answers.add((i % 2 == 0 ? one : two)
                            .client(GatewayFixture.KEY)
                            .postQuestion("q" + i, "\"conversation_id\": \"busy\"", NO_REASONING))))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(answers)
                    .hasSize(50)
                    .allSatisfy(answer -> assertThat(answer.status()).isIn(200, 409));
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 409)
                    .allSatisfy(answer ->
                            assertThat(answer.json().at("/error/code").asText()).isEqualTo("conversation_busy"));
            List<String> contents = answers.stream()
                    .filter(answer -> answer.status() == 200)
                    .map(JsonResponse::content)
                    .sorted((a, b) -> Integer.compare(count(a), count(b)))
                    .toList();
            assertThat(contents).isNotEmpty();
            List<String> stored = contents(one.client(GatewayFixture.KEY), "busy");
            assertThat(stored).hasSize(2 * contents.size());
            for (int i = 0; i < contents.size(); i++) {
                assertThat(contents.get(i)).isEqualTo((2 * i + 1) + " " + stored.get(2 * i));
                assertThat(stored.get(2 * i + 1)).isEqualTo(contents.get(i));
            }
            requireForksOneAtATime(List.of(one.client(GatewayFixture.KEY), two.client(GatewayFixture.KEY)));
        }
    }

    /** Concurrent turns after the same one: the last of them is the newest turn, on both nodes. */
    private static void requireForksOneAtATime(List<ChatClient> nodes) throws InterruptedException {
        String item = nodes.get(0)
                .get("/v1/conversations/busy/items?order=asc&limit=1")
                .json()
                .path("first_id")
                .asText();
        String parent = "\"x_o1\": {\"parent\": \"turn_" + item.split("_", -1)[1] + "\"}";
        List<String> first = contents(nodes.get(0), "busy").subList(0, 2);
        List<JsonResponse> answers = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = IntStream.range(0, 10)
                .mapToObj(i -> new Thread(() -> answers.add(
                        nodes.get(i % 2).postQuestion("f" + i, "\"conversation_id\": \"busy\"", NO_REASONING, parent))))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        List<String> forks = answers.stream()
                .filter(answer -> answer.status() == 200)
                .map(JsonResponse::content)
                .toList();
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 200)
                .allSatisfy(answer ->
                        assertThat(answer.json().at("/error/code").asText()).isEqualTo("conversation_busy"));
        assertThat(forks).isNotEmpty().allMatch(content -> content.startsWith("3 f"));
        List<String> stored = contents(nodes.get(0), "busy");
        assertThat(contents(nodes.get(1), "busy")).isEqualTo(stored);
        assertThat(stored).hasSize(4).startsWith(first.get(0), first.get(1));
        assertThat(stored.get(3)).isEqualTo("3 " + stored.get(2)).isIn(forks);
    }

    private static int count(String answer) {
        return Integer.parseInt(answer.replaceFirst(" .*", ""));
    }

    /** Three turns are running when the node is killed: in a conversation, on both APIs, and after a response. */
    @Test
    void keepsAConsistentHistoryWhenANodeIsKilled() throws Exception {
        String url = Postgres.emptyDatabase();
        CountDownLatch started = new CountDownLatch(3);
        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> losing(started, request));
                RunningGateway otherNode = Container.JETTY.start(config(upstream, url, ", lease: 3s"));
                Distribution.RunningServer killedNode =
                        Distribution.TOMCAT_10_1.start(config(upstream, url, ", lease: 3s"))) {
            killedNode.client(GatewayFixture.KEY).postQuestion("One?", "\"conversation_id\": \"killed\"", NO_REASONING);
            ResponsesClient killed = new ResponsesClient(killedNode.client(GatewayFixture.KEY));
            JsonNode kept = killed.post(input("Kept?", "")).json();
            String fork = input("Lost?", "\"previous_response_id\": " + kept.path("id") + ", ");
            String named = input("Lost?", "\"conversation\": \"killed-too\", ");
            try (ChatClient.Stream stream = killedNode
                            .client(GatewayFixture.KEY)
                            .streamQuestion("Lost?", "\"conversation_id\": \"killed\"", NO_REASONING);
                    ResponsesClient.Stream forked = killed.withKey("lost").stream(fork);
                    ResponsesClient.Stream inConversation = killed.stream(named)) {
                assertThat(stream.next()).isNotNull();
                assertThat(forked.next()).isNotNull();
                assertThat(inConversation.next()).isNotNull();
                started.await();
                killedNode.process().destroyForcibly().waitFor();
            }
            ResponsesClient other = new ResponsesClient(otherNode.client(GatewayFixture.KEY));
            assertThat(other.get(kept.path("id").asText()).json()).isEqualTo(kept);
            JsonResponse next = otherNode
                    .client(GatewayFixture.KEY)
                    .postQuestion("Two?", "\"conversation_id\": \"killed\"", NO_REASONING);
            assertThat(next.content()).isEqualTo("3 Two?");
            assertThat(contents(otherNode.client(GatewayFixture.KEY), "killed"))
                    .containsExactly("One?", "1 One?", "Two?", "3 Two?");

            assertThat(text(other.post(named))).isEqualTo("1 Lost?");
            JsonResponse repeated = await().atMost(TIMEOUT) // the lease of the lost turn holds the key
                    .until(() -> other.withKey("lost").post(fork), response -> response.status() != 409);
            assertThat(text(repeated)).isEqualTo("3 Lost?");
            assertThat(repeated.header("x-o1-idempotency")).isEqualTo("stored");
        }
    }

    /** Begins the answer to a lost question, as often as the latch counts, and completes all other answers. */
    private static Script losing(CountDownLatch started, FakeUpstream.Request request) {
        if (started.getCount() == 0 || !request.lastMessage().equals("Lost?")) {
            return request.asksForJson()
                    ? Script.answer(StepScripts.step("Think", "Reasoned.", "final_answer"))
                    : counting(request);
        }
        return exchange -> {
            exchange.stream().text("Half");
            started.countDown();
            exchange.awaitDisconnect();
        };
    }

    /** A request for a response without reasoning. */
    private static String input(String question, String more) {
        return "{\"reasoning\": {\"effort\": \"none\"}, " + more + "\"input\": \"" + question + "\"}";
    }

    private static String text(JsonResponse response) {
        assertThat(response.status()).as(response.response().body()).isEqualTo(200);
        return response.json().at("/output/0/content/0/text").asText();
    }

    @ParameterizedTest
    @EnumSource(names = {"TOMCAT_10_1", "JETTY_12_0"})
    void keepsTheEmbeddedDatabaseAfterAKill(Distribution distribution, @TempDir Path folder)
            throws IOException, InterruptedException {
        // RETENTION_TIME=0: H2 reuses free space immediately instead of after a minute. H2 2.5.252 lost commits by
        // reusing it.
        String url = "jdbc:h2:file:" + folder.resolve("conversations") + ";RETENTION_TIME=0";
        CountDownLatch started = new CountDownLatch(1);
        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> losing(started, request))) {
            JsonNode kept;
            try (Distribution.RunningServer killedNode = distribution.start(config(upstream, url, ", lease: 3s"))) {
                for (int i = 0; i < 5; i++) {
                    killedNode
                            .client(GatewayFixture.KEY)
                            .postQuestion("q" + i, "\"conversation_id\": \"killed\"", NO_REASONING);
                }
                kept = new ResponsesClient(killedNode.client(GatewayFixture.KEY))
                        .withKey("kept")
                        .post(REASONED)
                        .json();
                try (ChatClient.Stream stream = killedNode
                        .client(GatewayFixture.KEY)
                        .streamQuestion("Lost?", "\"conversation_id\": \"killed\"", NO_REASONING)) {
                    assertThat(stream.next()).isNotNull();
                    started.await();
                    killedNode.process().destroyForcibly().waitFor();
                }
            }
            JsonNode last;
            try (Distribution.RunningServer again = distribution.start(config(upstream, url, ", lease: 3s"))) {
                ChatClient client = again.client(GatewayFixture.KEY);
                assertThat(client.postQuestion("Two?", "\"conversation_id\": \"killed\"", NO_REASONING)
                                .content())
                        .isEqualTo("11 Two?");
                assertThat(contents(client, "killed")).hasSize(12).doesNotContain("Lost?");
                last = continueAfterARestart(upstream, new ResponsesClient(client), kept);
                for (int i = 0; i < 20; i++) {
                    client.postQuestion("q" + i, "\"conversation_id\": \"killed\"", NO_REASONING);
                }
                last = new ResponsesClient(client)
                        .post(input("Last?", "\"previous_response_id\": " + last.path("id") + ", "))
                        .json();
                again.process().destroyForcibly().waitFor(); // directly after the last answer
            }
            try (Distribution.RunningServer third = distribution.start(config(upstream, url, ", lease: 3s"))) {
                assertThat(contents(third.client(GatewayFixture.KEY), "killed")).hasSize(52);
                ResponsesClient client = new ResponsesClient(third.client(GatewayFixture.KEY));
                assertThat(client.get(last.path("id").asText()).json()).isEqualTo(last);
            }
        }
    }

    /** Shows, repeats and continues a response that was stored before the node was killed. */
    private static JsonNode continueAfterARestart(FakeUpstream upstream, ResponsesClient client, JsonNode kept) {
        String id = kept.path("id").asText();
        String encrypted = kept.at("/output/0/encrypted_content").asText();
        JsonNode shown =
                client.get(id + "?include%5B%5D=reasoning.encrypted_content").json();
        assertThat(shown.at("/output/0/encrypted_content").asText()).isNotEmpty();
        assertThat(shown.at("/output/1")).isEqualTo(kept.at("/output/1"));
        assertThat(client.withKey("kept").post(REASONED).header("x-o1-idempotency"))
                .isEqualTo("replayed");

        int calls = upstream.requests().size();
        client.post("{\"reasoning\": {\"effort\": \"minimal\"}, \"input\": [{\"role\": \"user\", \"content\": \"?\"},"
                + " {\"type\": \"reasoning\", \"summary\": [], \"encrypted_content\": \"" + encrypted + "\"},"
                + " {\"type\": \"function_call\", \"call_id\": \"c\", \"name\": \"f\", \"arguments\": \"{}\"},"
                + " {\"type\": \"function_call_output\", \"call_id\": \"c\", \"output\": \"x\"}]}");
        assertThat(upstream.request(calls).text()).contains("Reasoned.");
        JsonResponse next = client.post(input("Two?", "\"previous_response_id\": \"" + id + "\", "));
        assertThat(text(next)).isEqualTo("3 Two?");
        return next.json();
    }

    @ParameterizedTest
    @EnumSource
    void storesConversationsInTheServersFolder(Distribution distribution) throws IOException {
        try (FakeUpstream upstream = FakeUpstream.dispatching(ConversationNodesIT::counting);
                Distribution.RunningServer server = distribution.start(config(upstream, "", ""))) {
            ChatClient client = server.client(GatewayFixture.KEY);
            assertThat(client.postQuestion("?", "\"conversation_id\": \"kept\"", NO_REASONING)
                            .status())
                    .isEqualTo(200);
            assertThat(server.base().resolve("data/o1-api/conversations.mv.db")).isRegularFile();
            server.stop();
            assertThat(server.output()).doesNotContain("memory leak", "SEVERE", "failed to unregister");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void usesTheContainersDataSource(boolean autoCommit) throws IOException {
        String url = Postgres.emptyDatabase();
        Distribution.Setup pool = base -> {
            Path libraries = Files.createDirectory(base.resolve("lib"));
            try (Stream<Path> all = Files.list(Path.of("target/o1-api/WEB-INF/lib"))) {
                for (Path driver : all.filter(
                                file -> file.getFileName().toString().startsWith("postgresql-"))
                        .toList()) {
                    Files.copy(driver, libraries.resolve(driver.getFileName()));
                }
            }
            Path context = base.resolve("conf/context.xml");
            Files.writeString(
                    context,
                    Files.readString(context)
                            .replace(
                                    "</Context>",
                                    "<Resource name=\"jdbc/o1api\" type=\"javax.sql.DataSource\""
                                            + " driverClassName=\"org.postgresql.Driver\" defaultAutoCommit=\""
                                            + autoCommit
                                            + "\" url=\""
                                            + url.replace("&", "&amp;") + "\"/></Context>"));
        };
        try (FakeUpstream upstream = FakeUpstream.dispatching(ConversationNodesIT::counting);
                RunningGateway other = Container.JETTY.start(config(upstream, url, ""));
                Distribution.RunningServer server = Distribution.TOMCAT_10_1.start(
                        config(upstream, "", "").replace("url: \"\"", "jndi: jdbc/o1api"), pool)) {
            ChatClient client = server.client(GatewayFixture.KEY);
            assertThat(client.postQuestion("One?", "\"conversation_id\": \"jndi\"", NO_REASONING)
                            .content())
                    .isEqualTo("1 One?");
            assertThat(other.client(GatewayFixture.KEY)
                            .postQuestion("Two?", "\"conversation_id\": \"jndi\"", NO_REASONING)
                            .content())
                    .isEqualTo("3 Two?");
            JsonResponse gone = client.send("/v1/conversations/jndi", request -> request.DELETE());
            assertThat(gone.status()).isEqualTo(200);
            assertThat(other.client(GatewayFixture.KEY)
                            .get("/v1/conversations/jndi")
                            .status())
                    .isEqualTo(404);
        }
    }

    @InContainers(config = "conversations: { url: \"jdbc:postgresql://127.0.0.1:1/none?user=nobody\" }")
    void servesOtherRequestsWithoutItsDatabase(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        ChatClient client = fixture.client();
        assertThat(client.postQuestion("?", NO_REASONING).content()).isEqualTo("Yes.");
        for (JsonResponse rejected : List.of(
                client.postQuestion("?", NO_REASONING, "\"conversation_id\": \"down\""),
                client.get("/v1/conversations"),
                client.get("/v1/conversations/down"))) {
            assertThat(rejected.status()).isEqualTo(503);
            assertThat(rejected.json().at("/error/code").asText()).isEqualTo("store_unavailable");
            assertThat(rejected.header("Retry-After")).isEqualTo("1");
            assertThat(rejected.response().body()).doesNotContain("postgres", "nobody", "127.0.0.1");
        }
        try (ChatClient.Stream stream = client.streamQuestion("?", NO_REASONING, "\"conversation_id\": \"down\"")) {
            List<ChatClient.Event> events = stream.status() == 200 ? stream.remainingEvents() : List.of();
            assertThat(stream.status() == 503
                            || events.get(events.size() - 1).name().equals("error"))
                    .isTrue();
        }
        assertThat(client.get("/health/ready").status()).isEqualTo(200);
        assertThat(fixture.requests()).hasSize(1);
    }
}
