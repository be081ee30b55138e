package org.o1api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.o1api.testing.Browser;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.Script;
import org.openqa.selenium.OutputType;

/** Makes the README's picture of the chat page: a vote of a scripted provider, in a real browser. Run it after {@code mvn package}. */
public final class PagePicture {
    private static final Path FILE = Path.of("src/site/resources/chat-page.png");
    private static final String QUESTION = "How many times do the hands of a clock overlap in a day?";
    private static final List<String> RESULTS = List.of("22", "24", "22", "22", "22", "22", "22", "22");
    private static final List<String> THOUGHTS = List.of(
            "In twelve hours the minute hand makes twelve turns and the hour hand one, so they meet eleven times.",
            "Listing them: 0:00, 1:05, 2:10, 3:16, 4:21, 5:27, 6:32, 7:38, 8:43, 9:49, 10:54. That is eleven.",
            "They meet every 12/11 hours, and 24 divided by 12/11 is 22.",
            "The minute hand gains 330 degrees in an hour. It has to gain 360 degrees for each overlap.");

    private PagePicture() {}

    /** Writes the picture to the project in the working directory. */
    public static void main(String[] arguments) throws IOException {
        try (GatewayFixture fixture = GatewayFixture.open(
                        Container.JETTY,
                        List.of(
                                "presets: { thinker: { strategy: vote, vote: { first: 8, max: 8 }, budget: { calls: 20, tokens: 5000, time: 1m } } }"),
                        false);
                Browser browser = Browser.start()) {
            AtomicInteger calls = new AtomicInteger();
            fixture.dispatch(request -> sample(calls.getAndIncrement()));
            browser.resize(1200, 940, 1);
            browser.enter(fixture.gateway().url());
            browser.ask(QUESTION);
            browser.press(".reasoning-toggle");
            browser.script("document.activeElement.blur()");
            browser.await(() ->
                    browser.script("return document.getAnimations().length").equals(0L));
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, browser.driver().getScreenshotAs(OutputType.BYTES));
        }
    }

    private static Script sample(int number) {
        String result = RESULTS.get(number % RESULTS.size());
        String text = "=== Step: Count\n" + THOUGHTS.get(number % THOUGHTS.size())
                + "\n=== Answer\nThe hands overlap **" + result + " times** a day.\n\nAnswer: " + result;
        return exchange -> {
            exchange.stream();
            for (String word : text.split("(?= )", -1)) {
                exchange.text(word);
                Thread.sleep(40L + 12L * number); // at the pace of a model
            }
            exchange.finish("stop").usage(180, 90 + 7L * number).done();
        };
    }
}
