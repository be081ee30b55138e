package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.InOneContainer;
import org.o1api.testing.Script;

/**
 * The bytes of all kinds of messages on their way to a provider: directly, with a stored conversation, and when the conversation
 * is continued. Providers cache prompts by their bytes, so a new version must send what its predecessor sent.
 *
 * <p>Each block of the table has a line {@code request} with messages, the lines of the prompts ({@code direct}, {@code stored},
 * {@code continued}) without the questions and answers that follow, and one line {@code item} for each item of the conversation
 * without its ID. A prompt that is equal to the one before is omitted. A request that is rejected has a line {@code error}. A line
 * break in a request or prompt is written as {@code ~}.
 */
@InOneContainer
class MessageBytesIT {
    private static final String NO_REASONING = "\"reasoning_effort\": \"none\"";
    private static final String QUESTION = "{\"role\":\"user\",\"content\":\"?\"}";
    private static final String MORE = "{\"role\":\"user\",\"content\":\"More?\"}";
    private static final String TURN_BETWEEN = QUESTION + ",{\"role\":\"assistant\",\"content\":\"A.\"}," + MORE + ",";

    private static List<String> blocks(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(MessageBytesIT.class.getResourceAsStream("/messages/" + file))) {
            return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n+"));
        }
    }

    private static String prompt(GatewayFixture fixture) {
        String body = fixture.request(0).text();
        int start = body.indexOf("\"messages\":[") + "\"messages\":[".length();
        int end = body.lastIndexOf(QUESTION);
        return body.substring(start, end).replace('\n', '~');
    }

    private static String conversation(String id) {
        return "\"conversation_id\": \"" + id + "\"";
    }

    private static String chat(String messages, String... fields) {
        return "{" + NO_REASONING + ", " + String.join("", fields) + (fields.length == 0 ? "" : ", ")
                + "\"messages\": [" + messages + "]}";
    }

    /** What happens to the messages of a request, in the format of the table. */
    private static String observed(String request, String id, GatewayFixture fixture) {
        ChatClient client = fixture.client();
        String messages = request.replace('~', '\n');
        fixture.script(Script.answer("A."));
        ChatClient.JsonResponse direct = client.post(chat(messages + ", " + QUESTION));
        if (direct.status() != 200) {
            return "error " + direct.json().at("/error/message").asText();
        }
        List<String> lines = new ArrayList<>();
        String sent = prompt(fixture);
        lines.add(("direct " + sent).strip());
        for (String line : List.of("stored", "continued")) {
            fixture.script(Script.answer("A."));
            String added = line.equals("stored") ? messages : MORE;
            assertThat(client.post(chat(added + ", " + QUESTION, conversation(id)))
                            .status())
                    .isEqualTo(200);
            String before = sent;
            sent = prompt(fixture).replace(TURN_BETWEEN, "");
            if (!sent.equals(before)) {
                lines.add((line + " " + sent).strip());
            }
        }
        lines.addAll(items(id, client));
        lines.subList(lines.size() - 5, lines.size()).clear(); // question, answer, twice question and answer
        return String.join("\n", lines);
    }

    private static List<String> items(String id, ChatClient client) {
        List<String> lines = new ArrayList<>();
        client.get("/v1/conversations/" + id + "/items?order=asc&limit=100")
                .json()
                .path("data")
                .forEach(item -> lines.add("item "
                        + item.toString()
                                .replaceFirst("\"id\":\"[^\"]*\",", "")
                                .replace("\"status\":\"completed\",", "")));
        return lines;
    }

    /** What happens to items of a request, in the format of the table: the items, then the prompt with them. */
    private static String observedItems(String request, GatewayFixture fixture) {
        ChatClient client = fixture.client();
        ChatClient.JsonResponse created =
                client.send("/v1/conversations", ChatClient.postJson("{\"items\": [" + request + "]}"));
        if (created.status() != 200) {
            return "error " + created.json().at("/error/message").asText();
        }
        String id = created.json().path("id").asText();
        List<String> lines = items(id, client);
        fixture.script(Script.answer("A."));
        assertThat(client.post(chat(QUESTION, conversation(id))).status()).isEqualTo(200);
        lines.add(("continued " + prompt(fixture)).strip());
        return String.join("\n", lines);
    }

    private static void check(String file, UnaryOperator<String> observe) throws IOException {
        List<String> expected = blocks(file);
        List<String> actual = new ArrayList<>();
        for (String block : expected) {
            String request = block.lines().findFirst().orElseThrow();
            actual.add(request + "\n" + observe.apply(request.replaceFirst("request ", "")));
        }
        assertThat(String.join("\n\n", actual))
                .isEqualTo(String.join("\n\n", expected).strip());
    }

    @InContainers
    void sendsAndStoresTheMessagesOfARequest(GatewayFixture fixture) throws IOException {
        AtomicInteger row = new AtomicInteger();
        check("chat.txt", request -> observed(request, "bytes-" + row.incrementAndGet(), fixture));
    }

    @InContainers
    void sendsTheItemsOfAConversation(GatewayFixture fixture) throws IOException {
        check("items.txt", request -> observedItems(request, fixture));
    }
}
