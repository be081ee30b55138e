package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.testing.Browser;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;
import org.openqa.selenium.Keys;

/** A first visit of the chat page, with the demo model, as after {@code mvn jetty:run}. */
@Tag("alone")
@Tag("slow")
class ChatPageVisitIT {
    private static Browser browser;
    private static GatewayFixture fixture;
    private static URI gateway;

    @BeforeAll
    static void start() {
        browser = Browser.start();
        fixture = GatewayFixture.open(
                Container.TOMCAT,
                List.of("presets: { thinker: { strategy: auto }, thinker-fast: { steps: { max: 0 } } }"),
                true);
        gateway = fixture.gateway().url();
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

    @Test
    void leadsToAnAnswer() {
        browser.visit(gateway);
        browser.find("dialog");
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.type("dialog input", "sk-wrong" + Keys.ENTER);
        browser.awaitText(".problem", "The gateway does not accept this key."::equals);
        browser.signIn(GatewayFixture.KEY);
        assertThat(browser.script("return Object.keys(sessionStorage).join()")).isEqualTo("o1-api.key:/");

        browser.click(".example");
        browser.click(".send");
        browser.await(() -> browser.texts(".turn").size() == 1);
        browser.awaitEnd();

        assertThat(browser.texts(".answer").get(0)).contains("demo");
        assertThat(browser.texts(".lane")).hasSizeGreaterThanOrEqualTo(4);
        assertThat(browser.texts(".tally-legend li").get(0)).startsWith("42: ");
        assertThat(browser.texts("[role=status]")).containsExactly("The answer is complete.");
        assertThat(browser.violations()).isEmpty();
        browser.reload();
        browser.await(() -> browser.texts(".turn .answer").size() == 1);
        assertThat(browser.exists("dialog")).isFalse();
    }

    @Test
    void isInTheLanguageOfTheBrowserAndCanBeSwitched() {
        browser.speak("zh-CN");
        try {
            browser.enter(gateway);
            assertThat(browser.find(".welcome h1").getText()).isEqualTo("想解决什么问题？");
            assertThat(browser.script("return document.documentElement.lang")).isEqualTo("zh-CN");
            assertThat(browser.accessibilityProblems()).isEmpty();

            browser.click(".sidebar-foot button");
            browser.script(
                    "const menu = document.querySelector('dialog select'); menu.value = 'en'; menu.dispatchEvent(new Event('change'))");
            browser.click("dialog .is-primary");
            assertThat(browser.find(".welcome h1").getText()).isEqualTo("What would you like to work out?");
            browser.reload();
            assertThat(browser.find(".welcome h1").getText()).isEqualTo("What would you like to work out?");
            assertThat(browser.violations()).isEmpty();
        } finally {
            browser.speak("en");
        }
    }
}
