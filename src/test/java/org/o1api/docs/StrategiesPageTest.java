package org.o1api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.o1api.Gateway;
import org.o1api.api.chat.ShownTurn;
import org.o1api.config.Config;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.StrategyType;
import org.o1api.turn.TurnFixture;

/**
 * Compares the transcripts in {@code strategies.md} with what the strategies show of the demo model. A transcript is the block after a
 * comment {@code <!-- transcript: NAME -->}, perhaps with {@code effort EFFORT} and {@code sample N is slow}. With the system property
 * {@code o1api.transcripts=write} the test writes the blocks instead.
 */
class StrategiesPageTest {
    private static final String QUESTION = "Is 91 a prime number?";

    private static final Pattern TRANSCRIPT = Pattern.compile(
            "(?s)(?<comment><!-- transcript: (?<name>\\w+)(?<how>[^\\n]*) -->)\\n\\n```text\\n(?<text>.*?)```\\n");

    private static final Pattern EFFORT = Pattern.compile("effort (\\w+)");
    private static final Pattern SLOW = Pattern.compile("sample (\\d+) is slow");
    /** The demo model's advice, which is the same in all answers. */
    private static final Pattern ADVICE = Pattern.compile("(?s)To get real answers, .* ask again\\.");

    private static final int LINE = 110;

    private final Page page = Page.site("strategies.md");

    @Test
    void hasATranscriptOfEachStrategy() {
        Set<String> shown = TRANSCRIPT
                .matcher(page.text())
                .results()
                .map(block -> block.group(2))
                .collect(Collectors.toSet());

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        Gateway.STRATEGIES.stream().map(StrategyType::name).toList());
    }

    @Test
    void theTranscriptsAreWhatAReaderSees() throws IOException {
        String current = TRANSCRIPT.matcher(page.text()).replaceAll(StrategiesPageTest::withCurrentText);

        if ("write".equals(System.getProperty("o1api.transcripts"))) {
            Files.writeString(page.path(), current);
        } else {
            assertThat(page.text()).isEqualTo(current);
        }
    }

    private static String withCurrentText(MatchResult block) {
        String how = block.group(3);
        Effort effort = EFFORT.matcher(how)
                .results()
                .map(match -> Effort.valueOf(match.group(1).toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(null);
        Set<Integer> slow = SLOW.matcher(how)
                .results()
                .map(match -> Integer.parseInt(match.group(1)) - 1)
                .collect(Collectors.toSet());
        String text = transcript(block.group(2), effort, slow);
        return Matcher.quoteReplacement(block.group(1) + "\n\n```text\n" + text + "```\n");
    }

    private static String transcript(String strategy, @Nullable Effort effort, Set<Integer> slow) {
        Preset preset = Config.parse(
                        "transcript",
                        "presets: { p: { strategy: " + strategy + " } }",
                        name -> null,
                        Gateway.STRATEGIES)
                .presets()
                .named("p")
                .orElseThrow();
        Prompt prompt = new Prompt(List.of(Message.user(QUESTION)), Map.of(), null, Map.of(), null);
        OrderedDemo demo = new OrderedDemo(Gateway.STRATEGIES, slow);
        Client client = new Client(demo);
        ScheduledExecutorService threads = Executors.newScheduledThreadPool(40);
        try {
            new TurnFixture(Map.of(demo.name(), demo), threads)
                    .run(TurnFixture.request(preset, effort, prompt, new Cancellation(), null), client);
        } finally {
            threads.shutdownNow();
        }
        String answer = ADVICE.matcher(client.content()).replaceAll("[...]");
        return (client.reasoning().isEmpty() ? "" : "[reasoning]\n" + wrapped(client.reasoning()) + "\n")
                + "[answer]\n"
                + wrapped(answer);
    }

    /** The text in lines that fit the page. */
    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        for (String line : text.strip().split("\n", -1)) {
            int length = 0;
            for (String word : line.split(" ", -1)) {
                boolean fits = length + word.length() < LINE;
                lines.append(length == 0 ? "" : fits ? " " : "\n").append(word);
                length = fits ? length + 1 + word.length() : word.length();
            }
            lines.append('\n');
        }
        return lines.toString();
    }

    /** Lets the next call of the demo model reply when a step has ended. */
    private static final class Client extends ShownTurn {
        private final OrderedDemo demo;

        Client(OrderedDemo demo) {
            this.demo = demo;
        }

        @Override
        public void trace(TurnEvent event) {
            if (event instanceof TurnEvent.StepEnded) {
                demo.openNext();
            }
        }

        @Override
        public boolean isTraced() {
            return true;
        }
    }
}
