package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Postgres;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Script;

/**
 * Databases that an earlier version filled, and what that version answered from them: see {@code README.md} beside the data. They
 * are migrated, read, continued, and the old rows stay as they are.
 */
class StoredByEarlierVersionIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The tables of a migration, as a version that ended with it had them. */
    enum Migration {
        V2("conversation, position, id, idempotency_key, fingerprint, instructs, record, long_record"),
        V4(V2.columns + ", format, parent, event_record, event_long_record");

        private final String columns;

        Migration(String columns) {
            this.columns = columns;
        }

        String version() {
            return name().substring(1);
        }
    }

    enum Data {
        H2 {
            @Override
            String open(Migration migration, Path folder) throws IOException {
                try (InputStream file = resource(migration, "conversations.mv.db.gz")) {
                    Files.copy(file, folder.resolve("conversations.mv.db"));
                }
                return "jdbc:h2:file:" + folder.resolve("conversations");
            }
        },

        POSTGRESQL {
            @Override
            String open(Migration migration, Path folder) throws IOException, SQLException {
                String url = Postgres.emptyDatabase();
                Flyway.configure()
                        .dataSource(url, null, null)
                        .locations("classpath:db")
                        .target(migration.version())
                        .load()
                        .migrate();
                try (InputStream script = resource(migration, "conversations.sql.gz");
                        Connection connection = connect(url);
                        Statement statement = connection.createStatement()) {
                    statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
                }
                return url;
            }
        };

        private static final String REPLACED = "Half \ufffd and \ufffd?";

        /** Returns the JDBC URL of a copy. */
        abstract String open(Migration migration, Path folder) throws IOException, SQLException;

        /**
         * What the earlier version answered. It stored an unpaired surrogate in H2, and sent it as its escape, or as a question mark,
         * instead of U+FFFD.
         */
        JsonNode answers(Migration migration) throws IOException {
            try (InputStream answers = resource(migration, name().toLowerCase(java.util.Locale.ROOT) + ".json.gz")) {
                String text = new String(answers.readAllBytes(), StandardCharsets.UTF_8);
                return JSON.readTree(
                        this == H2
                                ? text.replace("Half \\uD83D and \\uDC00?", REPLACED)
                                        .replace("Half ? and ??", REPLACED)
                                : text);
            }
        }

        private static InputStream resource(Migration migration, String name) throws IOException {
            String path = "/stored-by-earlier-version/" + migration.version() + "/" + name;
            return new GZIPInputStream(
                    Objects.requireNonNull(StoredByEarlierVersionIT.class.getResourceAsStream(path), path));
        }
    }

    /** Not by the {@code DriverManager}: a gateway that stopped in this JVM has deregistered its drivers. */
    private static Connection connect(String url) throws SQLException {
        String driver = url.startsWith("jdbc:h2:") ? "org.h2.Driver" : "org.postgresql.Driver";
        try {
            return Class.forName(driver)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance()
                    .connect(url, new Properties());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> rows(Migration migration, String url) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + migration.columns + " FROM turn")) {
            while (row.next()) {
                StringBuilder values = new StringBuilder();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    values.append(row.getString(i)).append('\n');
                }
                rows.add(values.toString());
            }
        }
        return rows;
    }

    static Stream<Arguments> data() {
        return Stream.of(Migration.values())
                .flatMap(migration -> Stream.of(Data.values()).map(data -> Arguments.of(migration, data)));
    }

    @ParameterizedTest
    @MethodSource("data")
    void migratesReadsAndContinues(Migration migration, Data data, @TempDir Path folder) throws Exception {
        String url = data.open(migration, folder);
        JsonNode answers = data.answers(migration);
        List<String> before = rows(migration, url);
        assertThat(before).hasSizeGreaterThanOrEqualTo(9);

        try (FakeUpstream upstream = FakeUpstream.dispatching(request -> Script.answer("Done."));
                RunningGateway gateway = Container.TOMCAT.start("api_bearer_token: " + GatewayFixture.KEY
                        + "\ndefault_model: fake-model\ndefault_api_url: " + upstream.url()
                        + "\nconversations: { url: \"" + url + "\" }\n")) {
            ChatClient client = gateway.client(GatewayFixture.KEY);
            for (Map.Entry<String, JsonNode> items : answers.path("items").properties()) {
                requireItems(client, items.getKey(), items.getValue());
            }
            for (JsonNode replay : answers.path("replays")) {
                requireReplay(client, replay);
            }
            assertThat(upstream.requests()).isEmpty();
            for (Map.Entry<String, JsonNode> prompt : answers.path("prompts").properties()) {
                int calls = upstream.requests().size();
                ask(client, prompt.getKey());
                assertThat(upstream.request(calls).body().path("messages"))
                        .as("prompt of %s", prompt.getKey())
                        .isEqualTo(prompt.getValue());
                // the new turn and the old ones together
                ask(client, prompt.getKey());
                assertThat(upstream.request(calls + 1).body().path("messages"))
                        .hasSize(prompt.getValue().size() + 2);
                JsonNode items = items(client, prompt.getKey(), "order=asc&limit=100");
                assertThat(items.size())
                        .isEqualTo(answers.path("items")
                                        .path(prompt.getKey())
                                        .path("data")
                                        .size()
                                + 4);
                requireFork(client, prompt.getKey());
            }
        }
        assertThat(rows(migration, url)).containsAll(before);
    }

    /** Continues the first turn, and then the newest one of the earlier version. */
    private static void requireFork(ChatClient client, String conversation) {
        JsonNode before = items(client, conversation, "order=asc&limit=100");
        for (int last : List.of(0, before.size() - 5)) {
            String parent = turn(before.path(last));
            List<JsonNode> chain = new ArrayList<>();
            int end = last;
            while (end + 1 < before.size() && turn(before.path(end + 1)).equals(parent)) {
                end++;
            }
            for (int i = 0; i <= end; i++) {
                chain.add(before.path(i));
            }
            ask(client, conversation, ", \"x_o1\": {\"parent\": \"turn_" + parent + "\"}");
            JsonNode after = items(client, conversation, "order=asc&limit=100");
            assertThat(after).as(conversation).hasSize(chain.size() + 2).startsWith(chain.toArray(JsonNode[]::new));
        }
    }

    private static void ask(ChatClient client, String conversation) {
        ask(client, conversation, "");
    }

    private static void ask(ChatClient client, String conversation, String more) {
        ChatClient.JsonResponse answer = client.post(
                "{\"model\": \"fake-model\", \"conversation_id\": \"" + conversation + "\"" + more
                        + ", \"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"And now?\"}]}");
        assertThat(answer.status()).isEqualTo(200);
    }

    private static JsonNode items(ChatClient client, String conversation, String query) {
        return client.get("/v1/conversations/" + conversation + "/items?" + query)
                .json()
                .path("data");
    }

    private static void requireItems(ChatClient client, String conversation, JsonNode list) {
        List<JsonNode> all = new ArrayList<>();
        items(client, conversation, "order=asc&limit=100").forEach(all::add);
        List<JsonNode> expected = new ArrayList<>();
        list.path("data").forEach(expected::add);
        Set<String> withImages = all.stream()
                .filter(StoredByEarlierVersionIT::isImage)
                .map(StoredByEarlierVersionIT::turn)
                .collect(Collectors.toSet());
        assertThat(all.stream().filter(item -> !isImage(item)).map(item -> comparable(item, withImages)))
                .as("items of %s", conversation)
                .containsExactlyElementsOf(expected.stream()
                        .filter(item -> !withImages.contains(turn(item)) || !isEmptyAnswer(item))
                        .map(item -> comparable(item, withImages))
                        .toList());
        int middle = all.size() / 2;
        String cursor = "&limit=100&after=" + all.get(middle).path("id").asText();
        assertThat(items(client, conversation, "order=asc" + cursor))
                .containsExactlyElementsOf(all.subList(middle + 1, all.size()));
        List<JsonNode> older = new ArrayList<>(all.subList(0, middle));
        Collections.reverse(older);
        assertThat(items(client, conversation, "order=desc" + cursor)).containsExactlyElementsOf(older);
        for (JsonNode item : all) {
            assertThat(client.get("/v1/conversations/" + conversation + "/items/"
                                    + item.path("id").asText())
                            .json())
                    .isEqualTo(item);
        }
    }

    private static boolean isImage(JsonNode item) {
        return item.path("type").asText().equals("image_generation_call");
    }

    private static boolean isEmptyAnswer(JsonNode item) {
        return item.path("role").asText().equals("assistant")
                && item.at("/content/0/text").asText().isEmpty();
    }

    private static String turn(JsonNode item) {
        return item.path("id").asText().split("_", -1)[1];
    }

    /**
     * Items of answers are now those of the Responses API: reasoning has no state, and images are items of their own, in the order of
     * the answer. An answer of images only was an empty message.
     */
    private static JsonNode comparable(JsonNode item, Set<String> turnsWithImages) {
        ObjectNode comparable = item.deepCopy();
        if (item.path("type").asText().equals("reasoning")) {
            comparable.remove("status");
        }
        if (turnsWithImages.contains(turn(item))) {
            comparable.put("id", item.path("id").asText().replaceFirst("_\\d+$", ""));
        }
        return comparable;
    }

    private static void requireReplay(ChatClient client, JsonNode replay) {
        JsonNode expected = replay.path("response");
        JsonNode actual = client.send(
                        "/v1/chat/completions",
                        request -> ChatClient.postJson(replay.path("request").asText())
                                .apply(request.header(
                                        "Idempotency-Key", replay.path("key").asText())))
                .json();
        for (String path : List.of(
                "/id",
                "/created",
                "/model",
                "/conversation_id",
                "/choices/0/finish_reason",
                "/choices/0/message/content",
                "/choices/0/message/refusal",
                "/choices/0/message/tool_calls",
                "/choices/0/message/reasoning_content",
                "/usage/prompt_tokens",
                "/usage/completion_tokens")) {
            assertThat(actual.at(path)).as("%s of %s", path, replay.path("key")).isEqualTo(expected.at(path));
        }
        if (expected.has("x_o1")) {
            assertThat(actual.path("x_o1")).as("%s", replay.path("key")).isEqualTo(expected.path("x_o1"));
        }
        requireResponse(client, expected);
    }

    /** The same turn as a response. */
    private static void requireResponse(ChatClient client, JsonNode completion) {
        String id = completion.path("id").asText().replaceFirst("chatcmpl-", "resp_");
        JsonNode response = new ResponsesClient(client).get(id).json();
        List<JsonNode> output = new ArrayList<>();
        response.path("output").forEach(output::add);
        JsonNode message = completion.at("/choices/0/message");
        assertThat(output)
                .as(id)
                .filteredOn(item -> item.path("type").asText().equals("function_call"))
                .hasSize(message.path("tool_calls").size());
        String answer = message.path("content").asText("").replaceFirst("(?s)^<think>.*</think>", "")
                + message.path("refusal").asText("");
        assertThat(output)
                .as(id)
                .filteredOn(item -> item.path("type").asText().equals("message"))
                .extracting(item -> item.at("/content/0"))
                .extracting(part ->
                        part.path("text").asText() + part.path("refusal").asText())
                .containsExactlyElementsOf(answer.isEmpty() ? List.of() : List.of(answer));
    }
}
