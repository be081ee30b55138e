package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.Script;

/** Turns that continue another turn of their conversation than the newest one ({@code x_o1.parent}). */
class ConversationForksIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final String ROUTE = "/v1/conversations/";
    private static final String OTHER = "sk-other-4712";
    private static final String KEYS = "api_keys: [ { name: other, key: " + OTHER + " } ]";

    private static Script echo(FakeUpstream.Request request) {
        return Script.answer("To " + request.lastMessage());
    }

    private static String in(String conversation) {
        return "\"conversation_id\": \"" + conversation + "\"";
    }

    private static String parent(@Nullable String turn) {
        return "\"x_o1\": {\"parent\": " + (turn == null ? null : "\"" + turn + "\"") + "}";
    }

    /** Asks a question and returns the ID of its turn. */
    private static String ask(ChatClient client, String conversation, String question, String... fields) {
        List<String> all = new ArrayList<>(List.of(fields));
        all.add(in(conversation));
        all.add(NO_REASONING);
        JsonResponse answer = client.postQuestion(question, all.toArray(String[]::new));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.content()).isEqualTo("To " + question);
        return answer.json().at("/x_o1/turn").asText();
    }

    private static JsonNode items(ChatClient client, String conversation) {
        return client.get(ROUTE + conversation + "/items?order=asc&limit=100")
                .json()
                .path("data");
    }

    private static List<String> texts(JsonNode items) {
        List<String> texts = new ArrayList<>();
        items.forEach(item -> texts.add(item.at("/content/0/text").asText()));
        return texts;
    }

    /** The IDs of the turns of items, as a client finds them. */
    private static Set<String> turns(JsonNode items) {
        Set<String> turns = new LinkedHashSet<>();
        items.forEach(item -> turns.add("turn_" + item.path("id").asText().split("_", -1)[1]));
        return turns;
    }

    /** The messages of the last call. */
    private static List<String> prompt(GatewayFixture fixture) {
        List<String> messages = new ArrayList<>();
        fixture.request(fixture.requests().size() - 1)
                .body()
                .path("messages")
                .forEach(message -> messages.add(message.path("content").asText()));
        return messages;
    }

    @InContainers
    void continuesAnEarlierTurn(GatewayFixture fixture) {
        fixture.dispatch(ConversationForksIT::echo);
        ChatClient client = fixture.client();
        String first = ask(client, "forked", "a");
        String second = ask(client, "forked", "b");
        String left = items(client, "forked").path(3).path("id").asText();
        assertThat(turns(items(client, "forked"))).containsExactly(first, second);

        String edited = ask(client, "forked", "c", parent(first));
        assertThat(prompt(fixture)).containsExactly("a", "To a", "c");
        JsonNode items = items(client, "forked");
        assertThat(texts(items)).containsExactly("a", "To a", "c", "To c");
        assertThat(turns(items)).containsExactly(first, edited);
        assertThat(texts(client.get(ROUTE + "forked/items").json().path("data")))
                .containsExactly("To c", "c", "To a", "a");
        assertThat(client.get(ROUTE + "forked/items/" + left).status()).isEqualTo(404);
        assertThat(client.get(ROUTE + "forked/items?after=" + left).status()).isEqualTo(400);
        assertThat(new ResponsesClient(client)
                        .get(second.replace("turn_", "resp_"))
                        .status())
                .isEqualTo(200);

        ask(client, "forked", "d");
        assertThat(prompt(fixture)).containsExactly("a", "To a", "c", "To c", "d");
        ask(client, "forked", "e", parent(second)); // it has left
        assertThat(prompt(fixture)).containsExactly("a", "To a", "b", "To b", "e");
        assertThat(texts(items(client, "forked"))).containsExactly("a", "To a", "b", "To b", "e", "To e");
        assertThat(client.get(ROUTE + "forked/items/" + left).status()).isEqualTo(200);

        new ResponsesClient(client)
                .post("{\"conversation\": \"forked\", \"reasoning\": {\"effort\": \"none\"}, \"input\": \"f\"}");
        assertThat(prompt(fixture)).containsExactly("a", "To a", "b", "To b", "e", "To e", "f");

        assertThat(client.send(ROUTE + "forked", request -> request.DELETE()).status())
                .isEqualTo(200);
        assertThat(new ResponsesClient(client)
                        .get(edited.replace("turn_", "resp_"))
                        .status())
                .isEqualTo(404);
    }

    /** A client can always name the last turn that it shows. */
    @InContainers
    void continuesTheNewestTurn(GatewayFixture fixture) {
        fixture.dispatch(ConversationForksIT::echo);
        ChatClient client = fixture.client();
        String newest = ask(client, "newest", "a", parent(null)); // also if the conversation does not exist
        try (ChatClient.Stream stream = client.streamQuestion(
                "b", in("newest"), NO_REASONING, parent(newest), "\"stream_options\": {\"include_usage\": true}")) {
            List<Event> events = stream.remainingEvents();
            JsonNode last = events.get(events.size() - 2).json();
            newest = last.at("/x_o1/turn").asText();
            assertThat(events.get(0).json().path("id").asText()).isEqualTo(newest.replace("turn_", "chatcmpl-"));
        }
        assertThat(turns(items(client, "newest"))).hasSize(2).endsWith(newest);
        // the history may be sent again
        client.post("{" + in("newest") + ", " + NO_REASONING + ", " + parent(newest) + ", \"messages\": ["
                + "{\"role\": \"user\", \"content\": \"b\"}, {\"role\": \"assistant\", \"content\": \"To b\"},"
                + " {\"role\": \"user\", \"content\": \"c\"}]}");
        assertThat(prompt(fixture)).containsExactly("a", "To a", "b", "To b", "c");
        assertThat(texts(items(client, "newest"))).containsExactly("a", "To a", "b", "To b", "c", "To c");
    }

    @InContainers
    void startsOver(GatewayFixture fixture) {
        fixture.dispatch(ConversationForksIT::echo);
        ChatClient client = fixture.client();
        JsonNode created =
                client.send("/v1/conversations", ChatClient.postJson("""
                        {"metadata": {"title": "Kept"}, "items": [{"role": "system", "content": "Be brief."},
                          {"role": "user", "content": "old"}]}""")).json();
        String id = created.path("id").asText();
        ask(client, id, "a");
        assertThat(prompt(fixture)).containsExactly("Be brief.", "old", "a");

        String first = ask(client, id, "b", parent(null));
        assertThat(prompt(fixture)).containsExactly("b");
        assertThat(client.get(ROUTE + id).json()).isEqualTo(created);
        assertThat(turns(items(client, id))).containsExactly(first);
        client.send(
                ROUTE + id + "/items",
                ChatClient.postJson("{\"items\": [{\"role\": \"user\", \"content\": \"added\"}]}"));
        String added = List.copyOf(turns(items(client, id))).get(1);
        ask(client, id, "c", parent(added));
        assertThat(prompt(fixture)).containsExactly("b", "To b", "added", "c");
    }

    @InContainers
    void answersAToolsResultAgain(GatewayFixture fixture) {
        fixture.script(Script.toolCalls("weather", "{}"), Script.answer("Sunny."), Script.answer("Warm."));
        String tools =
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {}}}]";
        ChatClient client = fixture.client();
        String call = client.postQuestion("Weather?", in("tool"), NO_REASONING, tools)
                .json()
                .at("/x_o1/turn")
                .asText();
        for (int i = 0; i < 2; i++) {
            client.post("{" + in("tool") + ", " + NO_REASONING + ", " + tools + ", " + parent(call)
                    + ", \"messages\": [{\"role\": \"tool\", \"tool_call_id\": \"call_1\", \"content\": \"25 C\"}]}");
        }
        assertThat(fixture.request(2).body().path("messages"))
                .isEqualTo(fixture.request(1).body().path("messages"))
                .hasSize(3);
        assertThat(texts(items(client, "tool"))).containsExactly("Weather?", "", "", "Warm.");
    }

    @InContainers(config = "heartbeat: 50ms")
    void keepsTheConversationIfTheTurnIsNotStored(GatewayFixture fixture) {
        fixture.dispatch(ConversationForksIT::echo);
        ChatClient client = fixture.client();
        String first = ask(client, "kept", "a");
        ask(client, "kept", "b");
        JsonNode before = items(client, "kept");

        fixture.script(
                Script.error(400, "no"),
                exchange -> exchange.stream().text("Half").reset(),
                exchange -> exchange.stream().text("Half").awaitDisconnect());
        assertThat(client.postQuestion("c", in("kept"), NO_REASONING, parent(first))
                        .status())
                .isEqualTo(400);
        try (ChatClient.Stream stream = client.streamQuestion("c", in("kept"), NO_REASONING, parent(first))) {
            List<Event> events = stream.remainingEvents();
            assertThat(events.get(events.size() - 1).name()).isEqualTo("error");
        }
        try (ChatClient.Stream stream = client.streamQuestion("c", in("kept"), NO_REASONING, parent(null))) {
            while (!"Half".equals(Objects.requireNonNull(stream.next()).content())) {
                // until the answer has started
            }
        }
        fixture.awaitAborted(Duration.ofSeconds(10));
        fixture.dispatch(ConversationForksIT::echo);
        ask(client, "kept", "d"); // waits for the lease
        assertThat(prompt(fixture)).containsExactly("a", "To a", "b", "To b", "d");
        JsonNode after = items(client, "kept");
        assertThat(after).hasSize(before.size() + 2);
        before.forEach(item -> assertThat(after).contains(item));
    }

    /** The rejection is the same whether another key or another conversation has the turn, or nobody. */
    @InContainers(config = KEYS)
    void rejectsATurnThatIsNoneOfTheConversation(GatewayFixture fixture) {
        fixture.dispatch(ConversationForksIT::echo);
        ChatClient client = fixture.client();
        String mine = ask(client, "mine", "a");
        String elsewhere = ask(client, "elsewhere", "a");
        String foreign = ask(fixture.gateway().client(OTHER), "mine", "a");
        String deleted = ask(client, "mine", "b");
        client.send("/v1/responses/" + deleted.replace("turn_", "resp_"), request -> request.DELETE());
        int calls = fixture.requests().size();
        Set<JsonNode> errors = new LinkedHashSet<>();
        for (String turn : List.of(
                elsewhere,
                foreign,
                deleted,
                "turn_" + "0".repeat(32),
                "",
                "turn_",
                mine.substring(5),
                mine.toUpperCase(java.util.Locale.ROOT),
                mine.replace("turn_", "chatcmpl-"),
                mine.replace("turn_", "resp_"),
                mine + "\\u0000",
                "x".repeat(5000))) {
            JsonResponse rejected = client.postQuestion("c", in("mine"), NO_REASONING, parent(turn));
            assertThat(rejected.status()).as(turn).isEqualTo(404);
            errors.add(rejected.json());
        }
        JsonResponse unknown = client.postQuestion("c", in("unknown"), NO_REASONING, parent(mine));
        errors.add(unknown.json());
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.at("/error/code").asText()).isEqualTo("turn_not_found");
            assertThat(error.at("/error/param").asText()).isEqualTo("x_o1.parent");
            assertThat(error.at("/error/message").asText())
                    .isEqualTo(
                            "The turn to continue does not exist in this conversation: it was not stored, was deleted, or"
                                    + " belongs to another conversation. Send the 'x_o1.turn' of an answer of this conversation, or"
                                    + " leave out 'x_o1.parent' to continue its newest turn.");
        });
        assertThat(client.get(ROUTE + "unknown").status()).isEqualTo(404);
        JsonResponse generated = client.postQuestion("c", in("conv_" + "0".repeat(48)), NO_REASONING, parent(null));
        assertThat(generated.json().at("/error/code").asText()).isEqualTo("conversation_not_found");
        assertThat(fixture.requests()).hasSize(calls);
        assertThat(turns(items(client, "mine"))).containsExactly(mine);
    }
}
