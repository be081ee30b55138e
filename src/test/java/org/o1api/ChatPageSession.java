package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.o1api.testing.Browser;
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
}
