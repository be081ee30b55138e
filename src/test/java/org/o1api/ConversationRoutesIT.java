package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.JsonResponse;
import org.o1api.testing.Container;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.ResponsesClient;
import org.o1api.testing.Script;

/** {@code /v1/conversations} in OpenAI's shapes, and the isolation of callers. */
class ConversationRoutesIT {
    private static final String ROUTE = "/v1/conversations";
    private static final String OTHER = "sk-other-4712";
    private static final String KEYS = "api_keys: [ { name: other, key: " + OTHER + " } ]";

    private static JsonResponse post(ChatClient client, String path, String body) {
        return client.send(path, ChatClient.postJson(body));
    }

    private static JsonResponse delete(ChatClient client, String path) {
        return client.send(path, request -> request.DELETE());
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(item -> ids.add(item.path("id").asText()));
        return ids;
    }

    @InContainers
    void createsReadsUpdatesAndDeletes(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        JsonResponse created = post(client, ROUTE, """
                {"metadata": {"topic": "demo"}, "items": [
                  {"type": "message", "role": "system", "content": "Be brief."},
                  {"role": "user", "content": [{"type": "input_text", "text": "Look:"},
                    {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}]},
                  {"type": "reasoning", "id": "rs_4a5b6c7d8e9f4a5b6c7d8e9f4a5b6c7d_1",
                    "summary": [{"type": "summary_text", "text": "Looking."}]},
                  {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}", "extra_content": {"a":1.0}, "x": 1},
                  {"type": "function_call_output", "call_id": "c1", "output": "a cat"},
                  {"role": "assistant", "content": [{"type": "output_text", "text": "A cat."}]}]}""");
        assertThat(created.status()).isEqualTo(200);
        JsonNode conversation = created.json();
        assertThat(conversation.path("id").asText()).matches("conv_[0-9a-f]{48}");
        assertThat(conversation.path("object").asText()).isEqualTo("conversation");
        assertThat(conversation.path("metadata")).hasToString("{\"topic\":\"demo\"}");
        String path = ROUTE + "/" + conversation.path("id").asText();
        assertThat(client.get(path).json()).isEqualTo(conversation);

        JsonNode items = client.get(path + "/items?order=asc").json().path("data");
        assertThat(items.findValuesAsText("type"))
                .contains("message", "input_image", "function_call", "function_call_output", "output_text");
        assertThat(items).hasSize(5);

        fixture.script(Script.answer("Yes."));
        client.post("{\"reasoning_effort\": \"none\", \"conversation_id\": " + conversation.path("id")
                + ", \"messages\": [{\"role\": \"user\", \"content\": \"Sure?\"}]}");
        JsonNode prompt = fixture.request(0).body().path("messages");
        assertThat(prompt).hasSize(6);
        assertThat(prompt.at("/1/content/1/image_url/url").asText()).startsWith("data:image/png");
        assertThat(prompt.at("/2/tool_calls/0/id").asText()).isEqualTo("c1");
        assertThat(prompt.at("/2/tool_calls/0/extra_content")).hasToString("{\"a\":1.0}");
        assertThat(prompt.at("/2/tool_calls/0").has("x")).isFalse();
        assertThat(prompt.at("/3/tool_call_id").asText()).isEqualTo("c1");

        JsonResponse added =
                post(client, path + "/items", "{\"items\": [{\"role\": \"user\", \"content\": \"By the way\"}]}");
        String item = added.json().at("/data/0/id").asText();
        assertThat(client.get(path + "/items/" + item).json())
                .isEqualTo(added.json().at("/data/0"));
        assertThat(client.get(path + "/items?order=desc&limit=1").json().at("/data/0"))
                .isEqualTo(added.json().at("/data/0"));
        assertThat(client.get(path + "/items/msg_0_0").status()).isEqualTo(404);
        assertThat(post(client, path + "/items", "{}").json().at("/error/param").asText())
                .isEqualTo("items");

        JsonResponse changed = post(client, path, "{\"metadata\": {\"topic\": \"other\"}}");
        assertThat(changed.json().at("/metadata/topic").asText()).isEqualTo("other");
        assertThat(client.get(path).json().at("/metadata/topic").asText()).isEqualTo("other");

        JsonResponse deleted = delete(client, path);
        assertThat(deleted.json())
                .hasToString("{\"id\":" + conversation.path("id")
                        + ",\"object\":\"conversation.deleted\",\"deleted\":true}");
        for (JsonResponse gone : List.of(
                client.get(path),
                client.get(path + "/items"),
                post(client, path, "{\"metadata\": {}}"),
                delete(client, path))) {
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.json().at("/error/code").asText()).isEqualTo("conversation_not_found");
        }
    }

    @InContainers
    void acceptsWhatRealClientsSend(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        JsonResponse created = post(client, ROUTE, """
                {"metadata": {"whole": "\\ud83d\\ude00"}, "items": [
                  {"role": "user", "content": "Whole \\ud83d\\ude00"},
                  {"role": "assistant", "content": "<think>secret</think>\\nNo."},
                  {"role": "assistant", "content": [{"type": "refusal", "refusal": "I cannot."}]}]}""");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().at("/metadata/whole").asText()).isEqualTo("😀");
        String path = ROUTE + "/" + created.json().path("id").asText();
        assertThat(client.get(path).status()).isEqualTo(200);
        assertThat(client.get(ROUTE + "?after=").status()).isEqualTo(200);
        JsonNode items = client.get(path + "/items?order=asc").json().path("data");
        assertThat(items.at("/0/content/0/text").asText()).isEqualTo("Whole 😀");
        assertThat(items.at("/1/content/0/text").asText()).isEqualTo("No.");
        assertThat(items.at("/2/content/0/refusal").asText()).isEqualTo("I cannot.");
    }

    @InContainers(config = {KEYS, "legacy_response: false"})
    void listsConversationsInPages(GatewayFixture fixture) {
        ChatClient client = fixture.gateway().client(OTHER);
        assertThat(client.get(ROUTE).json())
                .hasToString("{\"object\":\"list\",\"data\":[],\"has_more\":false,\"first_id\":\"\",\"last_id\":\"\"}");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(post(client, ROUTE, "{}").json().path("id").asText());
        }
        JsonNode first = client.get(ROUTE + "?limit=2&order=asc").json();
        assertThat(ids(first)).isEqualTo(made.subList(0, 2));
        assertThat(first.path("has_more").asBoolean()).isTrue();
        assertThat(first.path("first_id").asText()).isEqualTo(made.get(0));
        assertThat(first.path("last_id").asText()).isEqualTo(made.get(1));
        JsonNode last =
                client.get(ROUTE + "?limit=3&order=asc&after=" + made.get(1)).json();
        assertThat(ids(last)).isEqualTo(made.subList(2, 5));
        assertThat(last.path("has_more").asBoolean()).isFalse();
        assertThat(ids(client.get(ROUTE + "?after=" + made.get(2)).json())).containsExactly(made.get(1), made.get(0));

        for (String query :
                List.of("limit=0", "limit=101", "limit=x", "order=up", "before=x", "after=nobody", "after=a%00")) {
            JsonResponse rejected = client.get(ROUTE + "?" + query);
            assertThat(rejected.status()).as(query).isEqualTo(400);
            assertThat(rejected.json().at("/error/param").asText())
                    .as(query)
                    .isEqualTo(query.substring(0, query.indexOf('=')));
        }
    }

    @InContainers
    void listsItemsInPagesInBothOrders(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        fixture.dispatch(request -> Script.answer("Yes."));
        for (int i = 0; i < 4; i++) {
            client.postQuestion("Question " + i, "\"conversation_id\": \"pages\"", "\"reasoning_effort\": \"none\"");
        }
        String path = ROUTE + "/pages/items";
        List<String> all = ids(client.get(path + "?order=asc").json());
        assertThat(all).hasSize(8).doesNotHaveDuplicates();
        for (String order : List.of("asc", "desc")) {
            List<String> paged = new ArrayList<>();
            String after = "";
            JsonNode page;
            do {
                page = client.get(path + "?limit=3&order=" + order + after).json();
                paged.addAll(ids(page));
                assertThat(page.path("last_id").asText()).isEqualTo(paged.get(paged.size() - 1));
                after = "&after=" + page.path("last_id").asText();
            } while (page.path("has_more").asBoolean());
            List<String> expected = new ArrayList<>(all);
            if (order.equals("desc")) {
                java.util.Collections.reverse(expected);
            }
            assertThat(paged).as(order).isEqualTo(expected);
        }
        for (String after : List.of("nobody", "msg_0_0", "msg_%00_0", all.get(0) + "9")) {
            assertThat(client.get(path + "?after=" + after).status()).as(after).isEqualTo(400);
        }
    }

    @InContainers(config = "limits: { body: 300KiB }")
    void limitsTheSizeOfAPageOfItems(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        fixture.dispatch(request -> Script.answer("long ".repeat(28_000)));
        for (int i = 0; i < 4; i++) {
            client.postQuestion("Question " + i, "\"conversation_id\": \"long\"", "\"reasoning_effort\": \"none\"");
        }
        String path = ROUTE + "/long/items?order=asc";
        JsonNode first = client.get(path).json();
        assertThat(ids(first)).hasSize(4);
        assertThat(first.path("has_more").asBoolean()).isTrue();
        JsonNode second =
                client.get(path + "&after=" + first.path("last_id").asText()).json();
        assertThat(ids(second)).hasSize(4).doesNotContainAnyElementsOf(ids(first));
        assertThat(second.path("has_more").asBoolean()).isFalse();
    }

    @InContainers
    void rejectsInvalidBodies(GatewayFixture fixture) {
        Map<String, String> wrong = Map.of(
                "[]",
                "null",
                "{",
                "null",
                "{} {}",
                "null",
                "{\"metadata\": 1}",
                "metadata",
                "{\"metadata\": {\"a\": 1}}",
                "metadata.a",
                "{\"items\": {}}",
                "items",
                "{\"items\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
                "items[0].role",
                "{\"items\": [{\"role\": \"user\", \"content\": [{\"type\": \"video\"}]}]}",
                "items[0].content[0].type",
                "{\"items\": [{\"type\": \"web_search_call\"}]}",
                "items[0].type",
                "{\"items\": [{\"role\": \"system\", \"content\": [{\"type\": \"input_image\", \"image_url\": \"x\"}]}]}",
                "items[0].content[0]");
        wrong.forEach((body, param) -> {
            JsonResponse rejected = post(fixture.client(), ROUTE, body);
            assertThat(rejected.status()).as(body).isEqualTo(400);
            assertThat(rejected.json().at("/error/param").asText()).as(body).isEqualTo(param);
        });
        assertThat(post(fixture.client(), ROUTE + "/some", "{}")
                        .json()
                        .at("/error/param")
                        .asText())
                .isEqualTo("metadata");
        for (String name : List.of("a%20b", "a;", "a;b", "a;b=c")) {
            JsonResponse rejected = fixture.client().get(ROUTE + "/" + name);
            assertThat(rejected.status()).as(name).isEqualTo(400);
            assertThat(rejected.json().at("/error/param").asText()).as(name).isEqualTo("conversation_id");
        }
    }

    /** On all routes: they are valid JSON, but no valid Unicode. */
    @InContainers
    void replacesUnpairedSurrogates(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        ChatClient client = fixture.client();
        JsonResponse created = post(client, ROUTE, """
                {"metadata": {"\\ud800 key": "\\ude00\\ud83d"}, "items": [
                  {"role": "user", "content": "\\ud800 1"},
                  {"role": "user", "content": [{"type": "input_text", "text": "\\ud800 2"}]},
                  {"type": "function_call", "call_id": "c", "name": "f", "arguments": "\\ud800 3"},
                  {"type": "function_call_output", "call_id": "c", "output": "\\udfff 4"}]}""");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().at("/metadata/\ufffd key").asText()).isEqualTo("\ufffd\ufffd");
        String id = created.json().path("id").asText();

        client.post("{\"reasoning_effort\": \"none\", \"conversation_id\": \"" + id
                + "\", \"messages\": [{\"role\": \"user\", \"content\": \"\\ud800 5\"}]}");
        client.post("{\"reasoning_effort\": \"none\", \"messages\": [{\"role\": \"user\", \"content\":"
                + " [{\"type\": \"text\", \"text\": \"\\ud800 6\"}]}]}");
        post(client, "/v1/responses", "{\"reasoning\": {\"effort\": \"none\"}, \"input\": \"\\ud800 7\"}");

        String sent =
                fixture.requests().stream().map(FakeUpstream.Request::text).collect(Collectors.joining());
        for (int i = 1; i <= 7; i++) {
            assertThat(sent).containsAnyOf("\ufffd " + i, "\\ufffd " + i);
        }
        assertThat(sent).doesNotContain("? ", "\\ud800");
        assertThat(client.get(ROUTE + "/" + id + "/items?order=asc")
                        .json()
                        .at("/data/0/content/0/text")
                        .asText())
                .isEqualTo("\ufffd 1");
    }

    @InContainers
    void continuesAfterArgumentsOfAnyDepth(GatewayFixture fixture) {
        ChatClient client = fixture.client();
        fixture.dispatch(request -> Script.answer("Yes."));
        for (int depth : new int[] {999, 1000, 1001, 1500, 2000, 2001, 2500}) {
            String arguments = "[".repeat(depth) + "]".repeat(depth);
            JsonResponse created = post(
                    client,
                    ROUTE,
                    "{\"items\": [{\"type\": \"function_call\", \"call_id\": \"c1\", \"name\": \"f\", \"arguments\": \""
                            + arguments
                            + "\"}, {\"type\": \"function_call_output\", \"call_id\": \"c1\", \"output\": \"done\"}]}");
            assertThat(created.status()).as("%d", depth).isEqualTo(200);
            String id = created.json().path("id").asText();
            for (String question : List.of("Well?", "And?")) {
                JsonResponse answer = client.postQuestion(
                        question, "\"conversation_id\": \"" + id + "\"", "\"reasoning_effort\": \"none\"");
                assertThat(answer.status()).as("%d", depth).isEqualTo(200);
            }
            assertThat(client.get(ROUTE + "/" + id + "/items?order=asc")
                            .json()
                            .at("/data/0/arguments")
                            .asText())
                    .isEqualTo(arguments);
        }
    }

    private static void requireQuotaExceeded(JsonResponse rejected) {
        assertThat(rejected.status()).isEqualTo(403);
        assertThat(rejected.json().at("/error/code").asText()).isEqualTo("storage_quota_exceeded");
        assertThat(rejected.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
        assertThat(rejected.json().at("/error/message").asText()).contains("conversations.bytes_per_caller");
    }

    @Test
    void enforcesTheStorageQuota() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target"), "it-").toAbsolutePath();
        try (GatewayFixture fixture = GatewayFixture.open(
                Container.TOMCAT,
                List.of(
                        KEYS,
                        "conversations: { url: \"jdbc:h2:file:" + folder.resolve("conversations")
                                + "\", bytes_per_caller: 64KiB }"),
                false)) {
            ChatClient client = fixture.client();
            fixture.dispatch(request -> Script.answer("long ".repeat(15_000)));
            String keyed = "{\"reasoning_effort\": \"none\", \"conversation_id\": \"full\","
                    + " \"messages\": [{\"role\": \"user\", \"content\": \"One?\"}]}";
            JsonResponse crossing = client.send(
                    "/v1/chat/completions",
                    request -> ChatClient.postJson(keyed).apply(request.header("Idempotency-Key", "k")));
            assertThat(crossing.status()).isEqualTo(200); // the turn that exceeds the limit is stored
            assertThat(fixture.requests()).hasSize(1);

            String more = keyed.replace("One?", "Two?");
            requireQuotaExceeded(client.post(more));
            requireQuotaExceeded(client.post(more.replace("full", "other")));
            requireQuotaExceeded(client.post(more.replace("{\"reasoning", "{\"stream\": true, \"reasoning")));
            requireQuotaExceeded(post(client, ROUTE, "{}"));
            requireQuotaExceeded(
                    post(client, ROUTE + "/full/items", "{\"items\": [{\"role\": \"user\", \"content\": \"x\"}]}"));
            assertThat(fixture.requests()).as("no call was made").hasSize(1);

            // Requests that store nothing, and other callers, still work.
            assertThat(client.get(ROUTE + "/full/items").json().path("data")).hasSize(2);
            assertThat(client.send(
                                    "/v1/chat/completions",
                                    request -> ChatClient.postJson(keyed).apply(request.header("Idempotency-Key", "k")))
                            .json()
                            .path("id"))
                    .isEqualTo(crossing.json().path("id"));
            assertThat(client.postQuestion("Plain?", "\"reasoning_effort\": \"none\"")
                            .status())
                    .isEqualTo(200);
            assertThat(fixture.gateway().client(OTHER).post(more).status()).isEqualTo(200);
            String response =
                    "{\"reasoning\": {\"effort\": \"none\"}, \"conversation\": \"full\", \"input\": \"Two?\"}";
            requireQuotaExceeded(new ResponsesClient(client).post(response));
            String unstored = response.replaceFirst("\\{", "{\"store\": false, ");
            assertThat(new ResponsesClient(client).post(unstored).status()).isEqualTo(200);
            String unnamed = response.replace("\"conversation\": \"full\", ", "");
            JsonResponse answered = new ResponsesClient(client).post(unnamed);
            assertThat(answered.status()).isEqualTo(200);
            assertThat(answered.json().path("store").asBoolean(true)).isFalse();
            requireQuotaExceeded(new ResponsesClient(client).post(unnamed.replaceFirst("\\{", "{\"store\": true, ")));

            assertThat(delete(client, ROUTE + "/full").status()).isEqualTo(200);
            assertThat(client.post(more).status()).isEqualTo(200);
        }
    }

    @InContainers(config = KEYS)
    void hidesTheConversationsOfOtherCallers(GatewayFixture fixture) {
        ChatClient owner = fixture.client();
        ChatClient other = fixture.gateway().client(OTHER);
        fixture.dispatch(request -> Script.answer("Secret."));
        String ask = "{\"reasoning_effort\": \"none\", \"conversation_id\": \"%s\","
                + " \"messages\": [{\"role\": \"user\", \"content\": \"Mine?\"}]}";
        String made = post(owner, ROUTE, "{}").json().path("id").asText();
        for (String id : List.of("mine", made)) {
            assertThat(owner.post(ask.formatted(id)).status()).isEqualTo(200);
            String path = ROUTE + "/" + id;
            String item = ids(owner.get(path + "/items").json()).get(0);
            for (Supplier<JsonResponse> route : List.<Supplier<JsonResponse>>of(
                    () -> other.get(path),
                    () -> other.get(path + "/items"),
                    () -> other.get(path + "/items/" + item),
                    () -> post(other, path + "/items", "{\"items\": [{\"role\": \"user\", \"content\": \"x\"}]}"),
                    () -> post(other, path, "{\"metadata\": {\"a\": \"b\"}}"),
                    () -> delete(other, path))) {
                JsonResponse rejected = route.get();
                assertThat(rejected.status()).isEqualTo(404);
                assertThat(rejected.json().at("/error/code").asText()).isEqualTo("conversation_not_found");
            }
            assertThat(other.get(ROUTE + "?after=" + id).status()).isEqualTo(400);
            assertThat(ids(other.get(ROUTE).json())).doesNotContain(id);
            assertThat(ids(owner.get(ROUTE).json())).contains(id);
            assertThat(owner.get(path).json().at("/metadata")).hasToString("{}");
        }

        // An ID that clients choose names one conversation per caller; a generated ID belongs to one caller.
        assertThat(other.post(ask.formatted(made)).status()).isEqualTo(404);
        int before = fixture.requests().size();
        assertThat(other.post(ask.formatted("mine")).status()).isEqualTo(200);
        assertThat(fixture.request(before).body().path("messages")).hasSize(1);
        assertThat(owner.get(ROUTE + "/mine/items").json().path("data")).hasSize(2);
        assertThat(delete(other, ROUTE + "/mine").status()).isEqualTo(200);
        assertThat(owner.get(ROUTE + "/mine/items").json().path("data")).hasSize(2);
    }
}
