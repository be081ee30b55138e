package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.testing.Script;
import org.o1api.testing.StepScripts;

/** How the chat page shows the reasoning of each strategy. */
@Tag("alone")
@Tag("slow")
class ChatPageReasoningIT extends ChatPageSession {
    @Test
    void showsTheStepsAndFoldsThemWhenTheAnswerBegins() {
        CountDownLatch shown = new CountDownLatch(1);
        fixture.script(StepScripts.threeStepsThenAnswer(exchange -> exchange.stream()
                .await(shown)
                .text("The *answer*.")
                .finish("stop")
                .usage(10, 5)
                .done()));
        browser.choose("steps");
        browser.send("Why?");
        browser.await(() -> browser.texts(".step[data-state=completed]").size() == 3);

        assertThat(browser.texts(".step-title")).containsExactly("First", "Second", "Third");
        assertThat(browser.texts(".step-meta"))
                .allSatisfy(meta -> assertThat(meta).containsPattern("\\d\\.\\d s.*5 tokens"));
        assertThat(browser.find(".reasoning-toggle").getAttribute("aria-expanded"))
                .isEqualTo("true");
        assertThat(browser.texts(".budget-value")).anyMatch(value -> value.endsWith("of 20"));
        shown.countDown();
        browser.awaitEnd();

        assertThat(answer()).isEqualTo("The answer.");
        assertThat(browser.exists(".answer em")).isTrue();
        assertThat(browser.find(".reasoning-toggle").getAttribute("aria-expanded"))
                .isEqualTo("false");
        assertThat(browser.exists(".reasoning-body[inert]")).isTrue();
        assertThat(browser.find(".summary").getText()).contains("4 calls", "tokens");
    }

    @Test
    void showsSamplesTheirVoteAndWhatCancellingSaved() {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch started = new CountDownLatch(4);
        fixture.dispatch(request -> {
            boolean agrees = calls.getAndIncrement() < 3;
            return exchange -> {
                exchange.stream().text(agrees ? "It is 7.\n\nAnswer: 7" : "Perhaps 8, if the first assumption holds");
                started.countDown();
                exchange.await(started);
                if (agrees) {
                    exchange.finish("stop").usage(10, 50).done();
                } else {
                    exchange.awaitDisconnect();
                }
            };
        });
        browser.choose("vote");
        browser.ask("How many?");
        browser.click(".reasoning-toggle");

        assertThat(browser.texts(".lane")).hasSize(4);
        assertThat(browser.texts(".lane[data-state=completed] .lane-result")).containsOnly("7");
        assertThat(browser.texts(".lane[data-state=cancelled] .lane-result"))
                .singleElement()
                .asString()
                .matches("Cancelled, saved about \\d+ tokens");
        assertThat(browser.texts(".tally-legend li")).containsExactly("7: 3");
        assertThat(browser.texts(".tally-probability"))
                .singleElement()
                .asString()
                .matches("\\d+ % certain");
        browser.click(".lane[data-state=completed] .lane-button");
        assertThat(browser.find(".lane-detail").getText()).contains("Sample ", "It is 7.");
        assertThat(browser.find(".lane[data-state=completed] .lane-button").getAttribute("aria-expanded"))
                .isEqualTo("true");
        assertThat(browser.accessibilityProblems()).isEmpty();
        // the last event of the budget is older than the end
        assertThat(browser.texts(".budget-value").get(0)).startsWith("4");
    }

    @Test
    void showsTheReasoningOfOneCall() {
        fixture.script(Script.answer("=== Step: Divisors\nThirteen times seven.\n=== Answer\nNo."));
        browser.choose("single");
        browser.ask("Is 91 prime?");
        browser.click(".reasoning-toggle");

        assertThat(browser.texts(".step-title")).containsExactly("Divisors");
        assertThat(answer()).isEqualTo("No.");
    }

    @Test
    void showsTheModelsOwnReasoning() {
        fixture.script(exchange -> exchange.stream()
                .reasoning("Thirteen times seven.")
                .text("No.")
                .finish("stop")
                .usage(10, 5)
                .done());
        browser.choose("direct");
        browser.ask("Is 91 prime?");
        browser.click(".reasoning-toggle");

        assertThat(browser.texts(".step .markdown")).singleElement().asString().contains("Thirteen times seven.");
        assertThat(answer()).isEqualTo("No.");
    }
}
