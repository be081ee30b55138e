package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import org.o1api.model.Budget;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.Usage;
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

    private FinishReason run(ClosingKind kind, ScriptedUpstream upstream) {
        return turn.run(kind.strategy(), upstream);
    }

    /** The reasoning, then these replies. */
    private static ScriptedUpstream closing(ClosingKind kind, Reply... replies) {
        return kind.closing(kind.reply, replies);
    }

    private static Reply text(String text) {
        return Reply.of(new Delta.Text(text));
    }

    private static List<CallRequest> closingRequests(ClosingKind kind, ScriptedUpstream upstream) {
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
    void repeatsItsCallWithPlainTextIfTheAnswerIsNotTheRequiredJson(ClosingKind kind) {
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
    void repeatsItsCallForAnyTextInsteadOfJson(ClosingKind kind) {
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
        for (ClosingKind kind : List.of(ClosingKind.SINGLE, ClosingKind.VOTE)) {
            turn.closingField("response_format", JSON);
            run(kind, closing(kind, text(reply.replace(';', '\n'))));
            assertThat(turn.out().answer()).isEqualTo(answer);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void passesTheSecondReplyWithoutTheRequiredFormat(ClosingKind kind) {
        turn.closingField("response_format", JSON);
        assertThat(run(kind, closing(kind, text("One."), text("Two.")))).isEqualTo(FinishReason.STOP);
        assertThat(turn.out().answer()).isEqualTo("Two.");
    }

    @ParameterizedTest
    @EnumSource
    void repeatsItsCallForTextInsteadOfATool(ClosingKind kind) {
        turn.tools(TOOLS).closingField("tool_choice", "\"required\"");
        ScriptedUpstream upstream =
                closing(kind, text("I would call f."), Reply.of(CALL).withFinishReason(FinishReason.TOOL_CALLS));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.TOOL_CALLS);

        assertThat(turn.out().toolCalls()).containsExactly(CALL);
        assertThat(turn.out().answer()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void usesTheFirstReplyIfTheSecondCallFails(ClosingKind kind) {
        turn.tools(TOOLS).closingField("tool_choice", "\"required\"");
        UpstreamException failure = new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null);
        ScriptedUpstream upstream =
                closing(kind, text("I would call f."), Reply.of().withFailure(failure));

        assertThat(run(kind, upstream)).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("I would call f.");
    }

    static Stream<List<Reply>> repliesWithoutJson() {
        UpstreamException refused = new UpstreamException(ErrorCode.UPSTREAM_REFUSED, "Not so.", false, null);
        Reply prose = text("It is 7.");
        Reply cut = prose.withFinishReason(FinishReason.LENGTH);
        return Stream.of(
                List.of(prose, Reply.of().withFailure(refused)),
                List.of(prose, text("It is still 7.")),
                List.of(prose, cut),
                List.of(cut),
                List.of(prose, text("=== Step: A\nhm").withFinishReason(FinishReason.LENGTH)),
                List.of(text("=== Step: A\nhm").withFinishReason(FinishReason.LENGTH)));
    }

    @ParameterizedTest
    @MethodSource("repliesWithoutJson")
    void itsOwnJsonIsBetterThanRepliesWithoutTheRequiredFormat(List<Reply> wrong) {
        samplingKinds().forEach(kind -> {
            turn.closingField("response_format", JSON);
            ScriptedUpstream upstream = kind.closing("=== Answer\n{\"r\": 7}", wrong.toArray(new Reply[0]));

            assertThat(run(kind, upstream)).isEqualTo(FinishReason.STOP);

            assertThat(turn.out().answer()).isEqualTo("{\"r\": 7}");
            assertThat(closingRequests(kind, upstream)).hasSize(wrong.size());
        });
    }

    @ParameterizedTest
    @EnumSource
    void noReplyIsReplacedAfterTheTokensOfTheBudgetAreUsedUp(ClosingKind kind) {
        Usage aboveBudget = new Usage(10, 0, Budget.DEFAULT.tokens(), 0);
        turn.closingField("response_format", JSON);
        ScriptedUpstream withoutJson = closing(kind, text(kind.reply).withUsage(aboveBudget), text("[7]"));
        run(kind, withoutJson);
        assertThat(closingRequests(kind, withoutJson)).hasSize(1);
        assertThat(turn.out().answer()).contains("It is 7.");

        turn.closingField("stop", "[\"x\"]");
        Reply cut = text("Sev").withFinishReason(FinishReason.LENGTH).withUsage(aboveBudget);
        run(kind, closing(kind, Reply.of().withFailure(tooLong()), cut, text("Seven.")));
        assertThat(turn.out().answer()).isEqualTo("Sev");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STEPS")
    void itsOwnAnswerIsBetterThanAReplyThatIsCutOffBeforeItsAnswer(ClosingKind kind) {
        for (Reply cut : List.of(text("=== Step"), text("=== Step: A\nhm"), Reply.of(new Delta.Reasoning("Hm.")))) {
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
    void sendsLessAndLessOfTheReasoningIfItDoesNotFit(ClosingKind kind) {
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
        for (ClosingKind kind : ClosingKind.values()) {
            turn.closingField("stop", "[\"x\"]")
                    .budget(new Budget(kind.calls + budget, 50_000, Duration.ofMinutes(5), 6));
            Reply tooLong = Reply.of().withFailure(tooLong());
            ScriptedUpstream upstream = closing(kind, tooLong, tooLong, tooLong, tooLong, tooLong);

            if (kind == ClosingKind.STEPS) {
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
    void discardsAShortAnswerThatAFullContextHasCutOff(ClosingKind kind) {
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
    void repeatsAReplyThatBrokeOffAtMostTwice(ClosingKind kind) {
        turn.closingField("stop", "[\"x\"]");
        Reply broken = Reply.of(new Delta.Reasoning("Hm.")).brokenOff(true);

        assertThat(run(kind, closing(kind, broken, broken, text("Seven.")))).isEqualTo(FinishReason.STOP);

        assertThat(turn.out().answer()).isEqualTo("Seven.");
    }

    static Stream<ClosingKind> samplingKinds() {
        return Stream.of(ClosingKind.SINGLE, ClosingKind.VOTE, ClosingKind.AUTO);
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
        run(ClosingKind.SINGLE, closing(ClosingKind.SINGLE, text(reply.replace(';', '\n'))));
        assertThat(turn.out().answer()).isEqualTo(answer.replace(';', '\n'));
    }

    @Test
    void showsTheReasoningInAnAnswerThatIsInTheFormat() {
        turn.closingField("stop", "[\"x\"]");
        run(ClosingKind.SINGLE, closing(ClosingKind.SINGLE, text("=== Step: A\nhm\n=== Answer\nfinal text")));
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
        Strategy direct = ClosingKind.SINGLE.strategy().withEffort(Effort.NONE);
        boolean isInFormat = history.toString().contains("=== Step");
        turn.messages(history.toArray(new Message[0]));
        turn.run(direct, ScriptedUpstream.answering("=== Answer\nBecause."));
        assertThat(turn.out().answer()).isEqualTo(isInFormat ? "Because." : "=== Answer\nBecause.");

        turn.closingField("response_format", JSON);
        turn.run(direct, ScriptedUpstream.answering("=== Answer\nBecause."));
        assertThat(turn.out().answer()).isEqualTo("=== Answer\nBecause.");
    }
}
