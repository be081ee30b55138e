package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.o1api.testing.Browser;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;

/**
 * A browser on the chat page of a gateway with a preset for each strategy. Each test begins with an empty chat, and must not violate the
 * policy of the page.
 */
abstract class ChatPageSession {
    private static final List<String> CONFIG = List.of(
            "presets:",
            "  steps: { strategy: steps, budget: { calls: 20 } }",
            "  vote: { strategy: vote, vote: { first: 4, max: 4 } }",
            "  single: { strategy: single }",
            "  deep: { strategy: direct, pro: { strategy: single } }",
            "  direct: { strategy: direct }");

    static Browser browser;
    static GatewayFixture fixture;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        fixture = GatewayFixture.open(Container.JETTY, CONFIG, false);
    }

    @AfterAll
    static void stop() {
        try {
            if (browser != null) {
                browser.close();
            }
        } finally {
            if (fixture != null) {
                fixture.close();
            }
        }
    }

    @BeforeEach
    void enter() {
        browser.enter(fixture.gateway().url());
    }

    @AfterEach
    void violatesNothing() {
        assertThat(browser.violations()).isEmpty();
    }

    /** The text of the last answer. */
    static String answer() {
        return browser.texts(".turn:last-child .answer").get(0).strip();
    }

    static JsonNode get(String path) {
        return fixture.client().get(path).json();
    }

    static String conversation() {
        browser.await(() -> browser.script("return location.hash").toString().startsWith("#c="));
        return browser.script("return location.hash").toString().substring("#c=".length());
    }

    static List<String> storedTexts() {
        return StreamSupport.stream(
                        get("/v1/conversations/" + conversation() + "/items?order=asc")
                                .path("data")
                                .spliterator(),
                        false)
                .filter(item -> item.path("type").asText().equals("message"))
                .map(item -> item.at("/content/0/text").asText())
                .toList();
    }

    /** Creates a conversation that contains a question with an image of another server. */
    static String createConversation() {
        return fixture.client()
                .send("/v1/conversations", ChatClient.postJson("""
                        {"items": [{"type": "message", "role": "user", "content": [
                            {"type": "input_text", "text": "What is it?"},
                            {"type": "input_image", "image_url": "https://tracker.example/q.png"}]}]}
                        """))
                .json()
                .path("id")
                .asText();
    }
}
