package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Script;

/** What the chat page sends, two models, several conversations at once, and Markdown that grows. */
@Tag("alone")
@Tag("slow")
class ChatPageChoicesIT extends ChatPageSession {
    /** A red dot. */
    private static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";

    private static final List<String> MARKDOWN = List.of(
            "1. **A**: x\n\n   - y\n\n2. **B**: z\n3. c\n\n   more\n\n10) d\n",
            "- a\n**b** c\n\n- loose\n\n  text\n-\n\n  empty\n",
            "Sum:\n\n$$\na\n+ b\n$$\n\nend $x$ and \\(y\\)",
            "\\[\nx = y\n- z\n> 0\n# 1\n---\n\\]\n\nIt costs $$5\n\nor $6 and $7.",
            "$$\n\\begin{aligned}\na &= b \\\\\n&+ c\n\\end{aligned}\n$$\n1. Then:\n   $$\n   a\n   + b\n   $$\n2. b\n",
            "$$ open\n+ b\n\n> quote\nlazy\n> $$\n> open\n\ntext",
            "| a | b |\n|:-:|--:|\n| 1 | $x|y$ |\n\nHead\n===\n\n```js\nlet a;\n\n1. b\n```\n\n    code\n\n    more",
            "[x] and [y][x]\n\n- [z]\n\n[x]: https://example.com/x\n[z]: https://example.com/z\n");

    @Test
    void showsGrowingMarkdownAsIfItHadComeAtOnce() {
        Object differences = browser.asyncScript("""
                const [samples, done] = arguments;
                import(document.querySelector('link[href$="/markdown.mjs"]').href).then(({ MarkdownView }) => {
                  const differences = [];
                  for (const sample of samples) {
                    const whole = new MarkdownView();
                    whole.update(sample, true);
                    for (let size = 1; size <= 7; size++) {
                      const view = new MarkdownView();
                      for (let end = size; end < sample.length; end += size) {
                        view.update(sample.slice(0, end));
                      }
                      view.update(sample, true);
                      if (view.element.innerHTML !== whole.element.innerHTML) {
                        differences.push(`${size}: ${view.element.innerHTML}\n instead of ${whole.element.innerHTML}`);
                      }
                    }
                  }
                  done(differences);
                }).catch((error) => done([String(error)]));
                """, MARKDOWN);

        assertThat((List<?>) differences).isEmpty();
    }

    @Test
    void sendsEffortProModeAndImages() {
        fixture.script(Script.answer("=== Answer\nRed."));
        browser.choose("deep");
        browser.script("""
                const menu = document.querySelectorAll('.composer .choice:not([hidden]) select')[1];
                menu.value = 'high';
                menu.dispatchEvent(new Event('change'));
                const send = window.fetch;
                window.fetch = (...request) => {
                  window.sent += request[1]?.body;
                  return send(...request);
                };
                const bytes = Uint8Array.from(atob(arguments[0]), (character) => character.charCodeAt(0));
                const data = new DataTransfer();
                data.items.add(new File([bytes], 'dot.png', { type: 'image/png' }));
                const input = document.querySelector('#message');
                input.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
                input.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
                """, PNG);
        browser.click(".pro");
        browser.await(() -> browser.texts(".thumbnails li").size() == 2);
        browser.click(".thumbnails .icon-button");
        browser.ask("Which colour?");

        assertThat(browser.texts(".question-images img")).hasSize(1);
        assertThat(fixture.request(0).text()).contains("Which colour?", "data:image/png;base64," + PNG);
        assertThat(browser.script("return window.sent").toString())
                .contains("\"reasoning_effort\":\"high\"", "\"reasoning\":{\"mode\":\"pro\"}");
    }

    @Test
    void showsGeneratedImagesAlsoAfterAReload() {
        fixture.script(exchange -> exchange.stream()
                .text("A dot.")
                .delta("{\"images\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," + PNG
                        + "\"}}]}")
                .finish("stop")
                .usage(10, 5)
                .done());
        browser.choose("direct");
        browser.ask("Draw a dot.");
        assertThat(browser.texts(".answer-images img")).hasSize(1);
        browser.reload();

        browser.await(() -> browser.texts(".answer-images img").size() == 1);
        assertThat(answer()).isEqualTo("A dot.");
    }

    @Test
    void keepsWhatArrivedBeforeAnError() {
        fixture.dispatch(
                request -> exchange -> exchange.stream().text("Half of it").reset());
        browser.choose("direct");
        browser.ask("Fail.");

        assertThat(browser.find(".notice.is-error").getText()).isNotEmpty().doesNotStartWith("The connection was lost");
        assertThat(answer()).isEqualTo("Half of it");
        fixture.script(Script.answer("All of it."));
        browser.click(".actions .is-restart");
        browser.awaitText(".answer", text -> text.contains("All of it."));
        browser.awaitEnd();
        assertThat(storedTexts()).containsExactly("Fail.", "All of it.");
    }

    @Test
    void answersAConversationThatWasLeft() {
        CountDownLatch left = new CountDownLatch(1);
        fixture.dispatch(request -> request.lastMessage().contains("Count")
                ? exchange -> exchange.stream()
                        .text("One, two")
                        .await(left)
                        .text(", three.")
                        .finish("stop")
                        .usage(10, 5)
                        .done()
                : Script.answer("Hello."));
        browser.choose("direct");
        browser.send("Count.");
        browser.awaitText(".answer", text -> text.contains("One, two"));
        browser.click(".new-chat");
        browser.ask("Greet.");
        assertThat(answer()).isEqualTo("Hello.");
        assertThat(browser.texts(".conversation-link")).startsWith("Greet.", "Count.");

        browser.click(".conversation:not(.is-current) a");
        browser.awaitText(".answer", text -> text.contains("One, two"));
        assertThat(browser.exists(".send.is-stop")).isTrue();
        assertThat(browser.script("return document.activeElement.textContent")).isEqualTo("Count.");
        left.countDown();
        browser.awaitEnd();
        assertThat(storedTexts()).containsExactly("Count.", "One, two, three.");
        browser.reload();
        browser.awaitText(".answer", text -> text.contains("three."));
    }

    @Test
    void keepsAQuestionWhoseAnswerFailsAfterItWasLeft() {
        CountDownLatch left = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream().text("One").await(left).reset(), Script.answer("One, two."));
        browser.choose("direct");
        browser.send("Count to two.");
        browser.awaitText(".answer", text -> text.contains("One"));
        browser.click(".new-chat");
        left.countDown();
        browser.click(".conversation:first-child a");
        browser.find(".notice.is-error");
        assertThat(browser.texts(".conversation.is-current")).containsExactly("Count to two.");

        browser.click(".conversation.is-current .icon-button"); // it is not stored: it can only be deleted
        assertThat(browser.texts(".menu-entry")).containsExactly("Delete");
        browser.click(".conversation.is-current .icon-button");
        browser.await(() -> !browser.exists(".menu"));
        browser.click(".actions .is-restart");
        browser.awaitText(".answer", text -> text.contains("two"));
        browser.awaitEnd();
        assertThat(storedTexts()).containsExactly("Count to two.", "One, two.");
    }

    @Test
    void staysWhereTheReaderHasScrolledTo() {
        CountDownLatch scrolled = new CountDownLatch(1);
        fixture.script(exchange -> exchange.stream()
                .text("line\n\n".repeat(60))
                .await(scrolled)
                .text("line\n\n".repeat(60) + "end")
                .finish("stop")
                .usage(10, 5)
                .done());
        browser.choose("direct");
        browser.send("Write.");
        browser.await(() -> browser.texts(".answer p").size() == 60);
        browser.script("document.querySelector('.thread').scrollTop -= 30");
        browser.find(".to-end");
        Object position = browser.script("return document.querySelector('.thread').scrollTop");
        scrolled.countDown();
        browser.awaitEnd();

        assertThat(browser.script("return document.querySelector('.thread').scrollTop"))
                .isEqualTo(position);
        browser.click(".to-end");
        browser.await(() -> browser.exists(".to-end[hidden]"));
        assertThat(browser.script("return document.activeElement.className")).isEqualTo("thread");
    }

    @Test
    void asksForTheKeyIfAConversationCannotBeOpened() {
        String id = createConversation();
        browser.script(
                "sessionStorage.setItem('o1-api.key:/', 'sk-replaced'); location.hash = 'c=' + arguments[0]", id);
        browser.find("dialog");
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.signIn(GatewayFixture.KEY);

        browser.await(() -> browser.exists(".question"));
    }

    @Test
    void asksForTheKeyOnceIfBothAnswersAreRejected() {
        browser.click(".composer-bar > .icon-button[aria-pressed]");
        browser.script("sessionStorage.setItem('o1-api.key:/', 'sk-replaced')");
        browser.ask("Which?");
        browser.find("dialog");

        assertThat(browser.texts("dialog")).hasSize(1);
        browser.signIn(GatewayFixture.KEY);
    }

    @Test
    void comparesTwoModelsAndContinuesWithOne() {
        fixture.dispatch(request -> Script.answer(
                request.lastMessage().contains("=== Answer") || request.text().contains("=== Step")
                        ? "=== Step: S\nt\n=== Answer\nleft"
                        : "right"));
        browser.choose("direct");
        browser.click(".composer-bar > .icon-button[aria-pressed]");
        browser.script("const menu = document.querySelectorAll('.composer select')[1];"
                + "menu.value = 'single'; menu.dispatchEvent(new Event('change'))");
        browser.ask("Which?");
        assertThat(browser.texts(".reply-model")).containsExactly("direct", "single");
        assertThat(browser.texts(".answer")).hasSize(2);
        assertThat(browser.accessibilityProblems()).isEmpty();
        String first = browser.texts(".answer").get(0).strip();
        browser.click(".actions .text-button");
        browser.await(() -> browser.exists(".conversation.is-current"));

        assertThat(storedTexts()).containsExactly("Which?", first);
    }

    @Test
    void exportsAConversation() {
        fixture.script(Script.answer("=== Step: Divisors\nSeven.\n=== Answer\n**No.**"));
        browser.choose("single");
        browser.ask("Is 91 prime?");
        browser.script("""
                URL.createObjectURL = (file) => {
                  file.text().then((text) => { window.exported = text; });
                  return location.href;
                };
                HTMLAnchorElement.prototype.click = () => {};
                """);
        browser.click(".conversation.is-current .icon-button");
        browser.click(".menu-entry:nth-child(2)");
        browser.await(() -> browser.script("return typeof window.exported").equals("string"));

        assertThat(browser.script("return window.exported"))
                .isEqualTo(
                        "# Is 91 prime?\n\n## You\n\nIs 91 prime?\n\n## Reasoning\n\n### 1. Divisors\n\nSeven.\n\n## Answer\n\n**No.**\n");
    }
}
