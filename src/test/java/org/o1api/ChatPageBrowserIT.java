package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;
import org.openqa.selenium.Keys;

/** Questions, answers and conversations on the chat page. */
@Tag("alone")
@Tag("slow")
class ChatPageBrowserIT extends ChatPageSession {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final String HOSTILE = """
            <script>window.pwned = 1</script><img src=x onerror="window.pwned = 2"><style>body { display: none }</style>

            [click](javascript:window.pwned=3) <svg onload="window.pwned = 4"></svg> ![track](https://tracker.example/t.png)

            | a | b |
            |:-:|--:|
            | <b onclick="window.pwned = 5">1</b> | $\\href{javascript:window.pwned=6}{x}$ |

            ```html
            <script>window.pwned = 7</script>
            ```

            [later]: https://example.com/later

            See [the end][later].
            """;

    @Test
    void stopsTheCallAtTheProvider() {
        fixture.script(
                exchange -> exchange.stream().text("One, two").awaitDisconnect(), Script.answer("One, two, three."));
        String newest = createConversation();
        browser.choose("direct");
        browser.send("Count.");
        browser.awaitText(".answer", text -> text.contains("One, two"));
        browser.click(".send.is-stop");
        fixture.awaitAborted(LIMIT);

        browser.awaitText(".notice", text -> text.startsWith("Stopped."));
        assertThat(get("/v1/conversations?limit=1").at("/data/0/id").asText()).isEqualTo(newest);
        browser.click(".actions .text-button");
        browser.awaitText(".answer", text -> text.contains("three"));
    }

    @Test
    void showsWhatAModelWritesAsText() {
        fixture.script(Script.answer(HOSTILE));
        browser.choose("direct");
        browser.ask("Attack.");
        browser.await(() -> browser.exists(".answer .hljs-tag"));

        assertThat(browser.script("return String(window.pwned)")).isEqualTo("undefined");
        for (String selector : List.of("script", "style", "svg[onload]", "[onclick]", "[onerror]", "td[style]")) {
            assertThat(browser.exists(".answer " + selector)).as(selector).isFalse();
        }
        assertThat(browser.exists(".answer img")).isFalse();
        assertThat(answer()).contains("<script>window.pwned = 1</script>", "<svg onload=", "javascript:window.pwned=3");
        assertThat((List<?>)
                        browser.script("return [...document.querySelectorAll('.answer a')].map((link) => link.href)"))
                .asString()
                .isEqualTo("[https://tracker.example/t.png, https://example.com/later]");
    }

    @Test
    void continuesReloadsRetriesAndEdits() {
        fixture.script(
                Script.answer("Hello Ann."),
                Script.answer("Ann."),
                Script.answer("Of course: Ann."),
                Script.answer("Hello Bob."),
                Script.answer("Bob."));
        browser.choose("direct");
        browser.ask("I am Ann.");
        browser.ask("Who am I?");
        assertThat(fixture.request(1).text()).contains("I am Ann.", "Hello Ann.");

        browser.reload();
        browser.await(() -> browser.texts(".turn").size() == 2);
        assertThat(browser.texts(".answer")).containsExactly("Hello Ann.\n", "Ann.\n");
        assertThat(browser.texts(".conversation.is-current")).containsExactly("I am Ann.");

        browser.press(".turn:last-child .actions .is-restart");
        browser.awaitText(".answer", text -> text.contains("Of course"));
        browser.awaitEnd();
        assertThat(storedTexts()).containsExactly("I am Ann.", "Hello Ann.", "Who am I?", "Of course: Ann.");

        browser.press(".turn .actions .is-restart");
        browser.type("dialog", Keys.ESCAPE);
        browser.await(() -> !browser.exists("dialog"));
        assertThat(browser.texts(".turn")).hasSize(2);
        browser.press(".turn .question-actions .is-restart");
        browser.type(".question-editor textarea", Keys.chord(Keys.CONTROL, "a") + "I am Bob." + Keys.ENTER);
        browser.click("dialog .is-primary"); // the second question leaves the conversation
        browser.awaitText(".answer", text -> text.contains("Bob"));
        browser.awaitEnd();
        assertThat(browser.texts(".turn")).hasSize(1);
        browser.ask("Who am I?");
        assertThat(storedTexts()).containsExactly("I am Bob.", "Hello Bob.", "Who am I?", "Bob.");
        FakeUpstream.Request last = fixture.request(4);
        assertThat(last.text()).contains("I am Bob.").doesNotContain("Ann");
    }

    /** The answer is complete and stored, but its end does not arrive: asking again neither calls nor stores anything. */
    @Test
    void offersToAskAgainAfterACutStream() {
        fixture.script(Script.answer("It is stored."));
        browser.choose("direct");
        browser.script("""
                const send = window.fetch;
                window.fetch = async (...request) => {
                  const response = await send(...request);
                  if (!String(request[0]).endsWith('/v1/chat/completions')) {
                    return response;
                  }
                  window.fetch = send;
                  const text = await response.text();
                  return new Response(text.slice(0, text.indexOf('"finish_reason":"stop"')), { status: 200 });
                };
                """);
        browser.ask("Store this.");
        assertThat(browser.find(".notice.is-error").getText()).startsWith("The connection was lost");
        browser.click(".actions .text-button");
        browser.await(() -> !browser.find(".reply-footer").getText().contains("Ask again"));
        browser.awaitEnd();

        assertThat(answer()).isEqualTo("It is stored.");
        assertThat(fixture.requests()).hasSize(1);
        assertThat(storedTexts()).containsExactly("Store this.", "It is stored.");
    }

    @Test
    void sendsTheSystemPromptOfTheSettingsOnce() {
        fixture.script(Script.answer("One."), Script.answer("Two."), Script.answer("Three."));
        browser.script("localStorage.setItem('o1-api.settings', '{\"system\": \"Be brief.\"}')");
        browser.reload();
        browser.await(() -> browser.exists(".composer option"));
        browser.choose("direct");
        browser.ask("1?");
        browser.ask("2?");
        assertThat(fixture.request(1).text().split("Be brief")).hasSize(2);
        assertThat(browser.texts(".system-prompt p")).containsExactly("Be brief.");

        browser.script("localStorage.setItem('o1-api.settings', '{\"model\": \"direct\"}')");
        browser.reload();
        browser.await(() -> browser.texts(".turn").size() == 2);
        browser.press(".turn .actions .is-restart");
        browser.click("dialog .is-primary");
        browser.awaitText(".answer", text -> text.contains("Three."));
        assertThat(fixture.request(2).text()).doesNotContain("Be brief");
    }

    @Test
    void showsForeignImagesOfQuestionsAsLinks() {
        browser.script("location.hash = 'c=' + arguments[0]", createConversation());
        browser.await(() -> browser.exists(".question"));

        assertThat(browser.exists(".question img")).isFalse();
        assertThat(browser.find(".question a").getAttribute("href")).isEqualTo("https://tracker.example/q.png");
    }

    @Test
    void keepsAConversationIfAnotherOneFailsLate() {
        browser.script("""
                const send = window.fetch;
                window.fetch = async (...request) => {
                  if (String(request[0]).includes('/missing/items')) {
                    await new Promise((resolve) => { window.release = resolve; });
                    setTimeout(() => { window.isReleased = true; }, 100);
                  }
                  return send(...request);
                };
                location.hash = 'c=missing';
                """);
        browser.await(() -> browser.script("return typeof window.release").equals("function"));
        browser.script("location.hash = 'c=' + arguments[0]", createConversation());
        browser.await(() -> browser.exists(".question"));
        browser.script("release()");
        browser.await(() -> browser.script("return window.isReleased === true").equals(true));

        assertThat(browser.exists(".question")).isTrue();
        assertThat(browser.exists(".page-notice[hidden]")).isTrue();
    }

    @Test
    void renamesAndDeletesAConversation() {
        fixture.script(Script.answer("Yes."));
        browser.choose("direct");
        browser.ask("Delete me?");
        String conversation = conversation();
        browser.click(".conversation.is-current .icon-button");
        browser.click(".menu-entry");
        browser.type("dialog input", Keys.chord(Keys.CONTROL, "a") + "Renamed" + Keys.ENTER);
        browser.awaitText(".conversation", "Renamed"::equals);
        assertThat(get("/v1/conversations/" + conversation)
                        .at("/metadata/title")
                        .asText())
                .isEqualTo("Renamed");

        browser.click(".conversation.is-current .icon-button");
        browser.click(".menu-entry.is-danger");
        browser.click("dialog .is-danger");
        browser.await(() -> browser.texts(".turn").isEmpty());
        assertThat(fixture.client().get("/v1/conversations/" + conversation).status())
                .isEqualTo(404);
    }

    @Test
    void isAccessible() {
        fixture.dispatch(request -> {
            if (request.asksForJson()) {
                return Script.answer(StepScripts.step("Think", "about `it` and $x^2$", "final_answer"));
            }
            return Script.answer(
                    "# Title\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```js\nlet a = 1; // one\n```\n\n[l](https://example.com)");
        });
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.choose("steps");
        browser.ask("Show everything.");
        browser.click(".reasoning-toggle");
        browser.await(() -> browser.exists(".answer .hljs-keyword") && browser.exists(".step .katex"));
        for (String colours : List.of("light", "dark")) {
            browser.prefer(colours);
            browser.resize(1280, 860, 1);
            assertThat(browser.accessibilityProblems()).as(colours).isEmpty();
            browser.resize(390, 844, 1);
            assertThat(browser.accessibilityProblems()).as("%s, phone", colours).isEmpty();
            assertThat(browser.script("return document.scrollingElement.scrollWidth"))
                    .isEqualTo(390L);
        }
        browser.resize(1280, 860, 1);
        browser.prefer("light");
        browser.click(".sidebar-foot button");
        assertThat(browser.accessibilityProblems()).as("settings").isEmpty();
        browser.type("dialog", Keys.ESCAPE);
    }
}
