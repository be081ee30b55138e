package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.Gateway;
import org.o1api.config.Config;
import org.o1api.model.Budget;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.reasoning.SamplingFixture;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.ScriptedUpstream.Reply;
import org.o1api.reasoning.Strategy;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.UpstreamException;

/** The closing call of every strategy that has one: what is repeated, and with which text of the reasoning. */
class ClosingCallTest {
    private static final String JSON = "{\"type\":\"json_object\"}";
    private static final String TOOLS = "[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private static final Delta.ToolCall CALL = new Delta.ToolCall(0, "call_1", "f", "{}");

    private static final ExecutorService THREADS = Executors.newSingleThreadExecutor();

    private final SamplingFixture turn = new SamplingFixture(THREADS);

    @AfterAll
    static void stop() {
        THREADS.shutdown();
    }

    /** A strategy, and what it has heard from the model before the closing call. */
    enum Kind {
        STEPS("{\"title\":\"T\",\"content\":\"It is 7.\",\"next_action\":\"final_answer\"}", 1),
        SINGLE(SamplingFixture.sample(7), 1),
        VOTE(SamplingFixture.sample(7), 4),
        AUTO(SamplingFixture.sample(7), 2);

        private final String reply;
        private final int calls;

        Kind(String reply, int calls) {
            this.reply = reply;
            this.calls = calls;
        }

        Strategy strategy() {
            String name = name().toLowerCase(Locale.ROOT);
            String settings = "{ strategy: " + name + (this == STEPS ? ", steps: { min: 1 } }" : " }");
            return Config.parse("test", "presets: { p: " + settings + " }", key -> null, Gateway.STRATEGIES)
                    .presets()
                    .named("p")
                    .orElseThrow()
                    .strategy();
        }
    }

    private FinishReason run(Kind kind, ScriptedUpstream upstream) {
        return turn.run(kind.strategy(), upstream);
    }

    /** The reasoning, then these replies. */
    private static ScriptedUpstream closing(Kind kind, Reply... replies) {
        List<Reply> all = new ArrayList<>();
        for (int i = 0; i < kind.calls; i++) {
            all.add(SamplingFixture.reply(kind.reply));
        }
        all.addAll(Arrays.asList(replies));
        return ScriptedUpstream.answering(all.toArray(new Reply[0]));
    }

    private static Reply text(String text) {
        return Reply.of(new Delta.Text(text));
    }

    private static List<CallRequest> closingRequests(Kind kind, ScriptedUpstream upstream) {
        return upstream.requests().subList(kind.calls, upstream.requests().size());
    }

    /** The model's last message before the prompt for the answer; null: there is none. */
    private static @Nullable String reasoning(CallRequest request) {
        List<Message> messages = request.messages();
        return messages.size() < 3
                ? null
                : ((Content.Text) Objects.requireNonNull(
                                messages.get(messages.size() - 2).content()))
                        .text();
    }

    @ParameterizedTest
    @EnumSource
    void repeatsItsCallWithPlainTextIfTheAnswerIsNotTheRequiredJson(Kind kind) {
        turn.closingField("response_format", JSON);
        ScriptedUpstream upstream = closing(kind, text(kind.reply), text("{\"r\": 7}"));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("{\"r\": 7}");
        List<CallRequest> requests = closingRequests(kind, upstream);
        assertThat(reasoning(requests.get(0))).isEqualTo(kind.reply);
        assertThat(reasoning(requests.get(1))).contains("It is 7.").doesNotContain("===", "next_action");
        assertThat(requests.get(1).fields()).isEqualTo(requests.get(0).fields());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void repeatsItsCallForAnyTextInsteadOfJson(Kind kind) {
        for (String wrong : List.of("It is 7.", "=== Answer\nIt is 7.", "Answer: {7}", "7 is it.")) {
            turn.closingField("response_format", JSON);
            ScriptedUpstream upstream = closing(kind, text(wrong), text("[7]"));
            run(kind, upstream);
            assertThat(turn.out().answer()).as(wrong).isEqualTo("[7]");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {"a":1}                          | {"a":1}
            [1]                              | [1]
            "a"                              | "a"
            -1.5e3                           | -1.5e3
            true                             | true
            null                             | null
            ```json;{"a":1};```              | {"a":1}
            === Answer;{"a":1}               | {"a":1}
            === Step: A;x;=== Answer;{"a":1} | {"a":1}
            === Answer;{"a":1};Answer: 1     | {"a":1}
            {"a":1                           | {"a":1
            """)
    void acceptsJson(String reply, String answer) {
        for (Kind kind : List.of(Kind.SINGLE, Kind.VOTE)) {
            turn.closingField("response_format", JSON);
            run(kind, closing(kind, text(reply.replace(';', '\n'))));
            assertThat(turn.out().answer()).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void passesTheSecondReplyWithoutTheRequiredFormat(Kind kind) {
        turn.closingField("response_format", JSON);
        assertThat(run(kind, closing(kind, text("One."), text("Two.")))).isEqualTo(FinishReason.STOP);
        assertThat(turn.out().answer()).isEqualTo("Two.");
    }

    @ParameterizedTest
    @EnumSource
    void repeatsItsCallForTextInsteadOfATool(Kind kind) {
        turn.tools(TOOLS).closingField("tool_choice", "\"required\"");
        ScriptedUpstream upstream =
                closing(kind, text("I would call f."), Reply.of(CALL).withFinishReason(FinishReason.TOOL_CALLS));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.TOOL_CALLS);

        assertThat(turn.out().toolCalls()).containsExactly(CALL);
        assertThat(turn.out().answer()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void usesTheFirstReplyIfTheSecondCallFails(Kind kind) {
        turn.tools(TOOLS).closingField("tool_choice", "\"required\"");
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null);
        ScriptedUpstream upstream =
                closing(kind, text("I would call f."), Reply.of().withFailure(failure));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("I would call f.");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void itsOwnJsonIsBetterThanAReplyWithoutTheRequiredFormat(Kind kind) {
        turn.closingField("response_format", JSON);
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < kind.calls; i++) {
            replies.add(text("=== Answer\n{\"r\": 7}"));
        }
        replies.add(text("It is 7."));
        replies.add(Reply.of().withFailure(failure));

        assertThat(run(kind, ScriptedUpstream.answering(replies.toArray(new Reply[0]))))
                .isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("{\"r\": 7}");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void itsOwnAnswerIsBetterThanAReplyThatIsCutOffBeforeItsAnswer(Kind kind) {
        for (Reply cut : List.of(text("=== Step"), Reply.of(new Delta.Reasoning("Hm.")))) {
            turn.closingField("stop", "[\"x\"]");
            run(kind, closing(kind, cut.withFinishReason(FinishReason.LENGTH)));
            assertThat(turn.out().answer()).isEqualTo("It is 7.");
            assertThat(turn.ledger().answerUsage().outputTokens()).isEqualTo(5);
        }
    }

    private static UpstreamException tooLong() {
        return new UpstreamException(ErrorCode.UPSTREAM_REQUEST_TOO_LARGE, "Too large.", false, null);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void sendsLessAndLessOfTheReasoningIfItDoesNotFit(Kind kind) {
        turn.closingField("stop", "[\"x\"]");
        Reply tooLong = Reply.of().withFailure(tooLong());
        ScriptedUpstream upstream = closing(kind, tooLong, tooLong, tooLong, tooLong, text("7"));

        run(kind, upstream);

        assertThat(turn.out().answer()).isEqualTo("7");
        List<CallRequest> requests = closingRequests(kind, upstream);
        int length = kind.reply.length();
        for (int i = 1; i < 4; i++) {
            int kept = (int) (length * (1 - 0.25 * i));
            assertThat(reasoning(requests.get(i))).isEqualTo("[...] " + kind.reply.substring(length - kept));
        }
        assertThat(reasoning(requests.get(4))).isNull();
    }

    /** The calls of the budget besides those that reason, and the closing calls that are made. */
    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "3, 3", "4, 4", "5, 5", "9, 5"})
    void theLastCallOfTheBudgetHasNoReasoning(int budget, int calls) {
        for (Kind kind : Kind.values()) {
            turn.closingField("stop", "[\"x\"]")
                    .budget(new Budget(kind.calls + budget, 50_000, Duration.ofMinutes(5), 6));
            Reply tooLong = Reply.of().withFailure(tooLong());
            ScriptedUpstream upstream = closing(kind, tooLong, tooLong, tooLong, tooLong, tooLong);

            if (kind == Kind.STEPS) {
                assertThatThrownBy(() -> run(kind, upstream)).hasMessage("Too large.");
            } else {
                run(kind, upstream); // answers with its own text
            }

            List<CallRequest> requests = closingRequests(kind, upstream);
            assertThat(requests).as(kind.name()).hasSize(calls);
            assertThat(requests.subList(0, calls - 1)).noneMatch(request -> reasoning(request) == null);
            assertThat(reasoning(requests.get(calls - 1))).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void discardsAShortAnswerThatAFullContextHasCutOff(Kind kind) {
        turn.closingField("stop", "[\"x\"]");
        ScriptedUpstream upstream = closing(
                kind,
                Reply.of().withFailure(tooLong()),
                text("Sev").withFinishReason(FinishReason.LENGTH),
                text("Seven."));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Seven.");
    }

    @ParameterizedTest
    @EnumSource
    void repeatsAReplyThatBrokeOffAtMostTwice(Kind kind) {
        turn.closingField("stop", "[\"x\"]");
        Reply broken = Reply.of(new Delta.Reasoning("Hm.")).brokenOff(true);

        assertThat(run(kind, closing(kind, broken, broken, text("Seven.")))).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Seven.");
    }

    static Stream<Kind> samplingKinds() {
        return Stream.of(Kind.SINGLE, Kind.VOTE, Kind.AUTO);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            === Answer;final text                   | final text
            === Answer;It is 42.;Answer: 42         | It is 42.
            === Step: A;hm;=== Answer;final text    | final text
            Answer: 42                              | 42
            Answer: 42;because                      | Answer: 42;because
            final text;=== Answer;x                 | final text;=== Answer;x
            === Overview ===;text                   | === Overview ===;text
            ## Answer;text                          | ## Answer;text
            == x;text                               | == x;text
            Answers: many                           | Answers: many
            """)
    void readsAnAnswerThatBeginsInTheFormat(String reply, String answer) {
        samplingKinds().forEach(kind -> {
            for (int size : new int[] {1, 7, 100}) {
                turn.closingField("stop", "[\"x\"]");
                String text = reply.replace(';', '\n');
                List<Delta> pieces = new ArrayList<>();
                for (int i = 0; i < text.length(); i += size) {
                    pieces.add(new Delta.Text(text.substring(i, Math.min(text.length(), i + size))));
                }
                run(kind, closing(kind, Reply.of(pieces.toArray(new Delta[0]))));
                assertThat(turn.out().answer()).isEqualTo(answer.replace(';', '\n'));
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Answer: 42                      | Answer: 42
            === Answer;It is 42.;Answer: 42 | It is 42.;Answer: 42
            """)
    void keepsTheLineOfTheResultIfTheCallerHasAskedForIt(String reply, String answer) {
        turn.messages(Message.user("Why? End with a line 'Answer: NUMBER'.")).closingField("stop", "[\"x\"]");
        run(Kind.SINGLE, closing(Kind.SINGLE, text(reply.replace(';', '\n'))));
        assertThat(turn.out().answer()).isEqualTo(answer.replace(';', '\n'));
    }

    @Test
    void showsTheReasoningInAnAnswerThatIsInTheFormat() {
        turn.closingField("stop", "[\"x\"]");
        run(Kind.SINGLE, closing(Kind.SINGLE, text("=== Step: A\nhm\n=== Answer\nfinal text")));
        assertThat(turn.out().step(2)).isEqualTo("### A\n\nhm");
        assertThat(turn.ledger().answerUsage().reasoningTokens()).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"guided_regex", "structured_outputs"})
    void anotherPrescribedFormIsPassedUnchanged(String field) {
        samplingKinds().forEach(kind -> {
            turn.closingField(field, "{\"regex\":\"x\"}");
            run(kind, closing(kind, text("Answer: 42")));
            assertThat(turn.out().answer()).isEqualTo("Answer: 42");
        });
    }

    static Stream<List<Message>> histories() {
        Message user = Message.user("Why?");
        return Stream.of(
                List.of(user),
                List.of(user, Message.assistant("=== Step: A\nx\n=== Answer\ny"), user),
                List.of(Message.user("=== Answer"), Message.assistant("y"), user));
    }

    /** Only an earlier answer in the format makes the model use it. */
    @ParameterizedTest
    @MethodSource("histories")
    void aDirectAnswerIsReadIfAnEarlierOneIsInTheFormat(List<Message> history) {
        Strategy direct = Kind.SINGLE.strategy().withEffort(Effort.NONE);
        boolean isInFormat = history.toString().contains("=== Step");
        turn.messages(history.toArray(new Message[0]));
        turn.run(direct, ScriptedUpstream.answering("=== Answer\nBecause."));
        assertThat(turn.out().answer()).isEqualTo(isInFormat ? "Because." : "=== Answer\nBecause.");

        turn.closingField("response_format", JSON);
        turn.run(direct, ScriptedUpstream.answering("=== Answer\nBecause."));
        assertThat(turn.out().answer()).isEqualTo("=== Answer\nBecause.");
    }
}
