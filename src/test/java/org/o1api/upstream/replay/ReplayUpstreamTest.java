package org.o1api.upstream.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.Content;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnInfo;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.RetryBudget;
import org.o1api.upstream.TurnCallState;
import org.o1api.upstream.UpstreamException;

class ReplayUpstreamTest {
    private static final String FILE = "src/test/resources/recorded/two-questions.jsonl";
    private static final String QUESTION = "What is 2 + 7?";
    private static final List<String> TEXTS = List.of("2 + 7 = 9", "too🙂 or so", "Answer: 8");

    private ReplayUpstream upstream;

    @BeforeEach
    void read() throws Exception {
        upstream = new ReplayUpstream("recorded", RecordingReader.read(Path.of(""), FILE));
    }

    @Test
    void callsOfATurnGetTheSamplesInOrder() {
        TurnCallState turn = turn("turn_1");
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            replies.add(reply(QUESTION, turn, Map.of()));
        }

        int first = TEXTS.indexOf(replies.get(0));
        for (int i = 0; i < replies.size(); i++) {
            assertThat(replies.get(i)).isEqualTo(TEXTS.get((first + i) % TEXTS.size()));
        }
    }

    @Test
    void theOffsetDependsOnTheTurn() {
        Set<String> firstReplies = new HashSet<>();
        for (int i = 0; i < 64; i++) {
            String id = "turn_" + i;
            String reply = reply(QUESTION, turn(id), Map.of());
            assertThat(reply(QUESTION, turn(id), Map.of())).isEqualTo(reply);
            firstReplies.add(reply);
        }

        assertThat(firstReplies).containsExactlyInAnyOrderElementsOf(TEXTS);
    }

    @Test
    void theSeedOfTheRequestReplacesTheTurn() {
        Set<String> firstReplies = new HashSet<>();
        for (int seed = 0; seed < 64; seed++) {
            String reply = reply(QUESTION, turn("turn_1"), seed(seed));
            assertThat(reply(QUESTION, turn("turn_2"), seed(seed))).isEqualTo(reply);
            firstReplies.add(reply);
        }

        assertThat(firstReplies).containsExactlyInAnyOrderElementsOf(TEXTS);
    }

    /** The samples of a vote have different seeds. */
    @Test
    void theFirstSeedOfATurnHoldsForAllOfItsCalls() {
        TurnCallState turn = turn("turn_1");
        Set<String> replies = new HashSet<>();
        for (int i = 0; i < TEXTS.size(); i++) {
            replies.add(reply(QUESTION, turn, seed(40 + i)));
        }

        assertThat(replies).containsExactlyInAnyOrderElementsOf(TEXTS);
    }

    /** Concurrent calls are numbered when they are made and opened by threads of their own, in any order. */
    @Test
    void theNumberOfACallDecidesNotTheOrderInWhichCallsAreOpened() {
        TurnCallState turn = turn("turn_1");
        CallRequest request = request(QUESTION, Map.of());
        CallContext first = context(turn, turn.number(request));
        CallContext second = context(turn, turn.number(request));

        String secondReply = text(upstream.open(request, second));
        String firstReply = text(upstream.open(request, first));

        assertThat(TEXTS.indexOf(secondReply)).isEqualTo((TEXTS.indexOf(firstReply) + 1) % TEXTS.size());
    }

    @Test
    void theLongestContainedQuestionCounts() {
        assertThat(reply("Please: What is 2 + 7? Then add 1. Thank you.", turn("turn_1"), Map.of()))
                .isEqualTo("10");
        assertThat(reply("Please: What is 2 + 7? Thank you.", turn("turn_1"), Map.of()))
                .isIn(TEXTS);
    }

    @Test
    void onlyTheLastUserMessageCounts() {
        List<Message> messages = List.of(
                Message.user(QUESTION),
                Message.assistant("9"),
                new Message.User(
                        new Content.Parts(new RawJson("[{\"type\":\"text\",\"text\":\"What is 2 + 7? Then add 1.\"}]")),
                        Map.of()),
                Message.assistant("Let me see."));

        try (Call call = upstream.open(new CallRequest("m", messages, Map.of()), new CallContext(new Cancellation()))) {
            assertThat(text(call)).isEqualTo("10");
        }
    }

    @Test
    void aQuestionThatWasNotRecordedFailsWithoutNamingItOrTheFile() {
        assertThatExceptionOfType(UpstreamException.class)
                .isThrownBy(() -> reply("my secret question", turn("turn_1"), Map.of()))
                .satisfies(failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_REFUSED);
                    assertThat(failure.retryable()).isFalse();
                    assertThat(failure)
                            .hasMessageContaining("the upstream recorded.")
                            .hasMessageNotContainingAny("secret", "jsonl", "src");
                });
    }

    @Test
    void sendsDeltasOfFourCharactersWithoutSplittingPairs() {
        try (Call call = sample(1)) {
            List<String> pieces = new ArrayList<>();
            call.forEach(delta -> pieces.add(((Delta.Text) delta).text()));

            assertThat(pieces).containsExactly("too🙂", " or ", "so");
        }
    }

    @Test
    void reportsUsageAndFinishReasonAsRecorded() {
        try (Call call = sample(0)) {
            text(call);
            assertThat(call.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(call.usage()).isEqualTo(new Usage(11, 0, 8, 0));
        }
        try (Call call = sample(1)) {
            text(call);
            assertThat(call.finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void aCallThatIsCancelledHasUsedTheTokensOfWhatItSent() {
        Cancellation cancellation = new Cancellation();
        TurnCallState turn = turn("turn_1");
        skipTo(0, turn);
        CallRequest request = request(QUESTION, Map.of());
        try (Call call = upstream.open(
                request,
                new CallContext(cancellation, new RetryBudget(0), turn, turn.number(request), () -> {}, usage -> {}))) {
            Iterator<Delta> deltas = call.iterator();
            deltas.next();
            cancellation.cancel(ErrorCode.CLIENT_DISCONNECTED, "gone");

            assertThat(catchThrowableOfType(CancelledException.class, deltas::hasNext))
                    .isNotNull();
            assertThat(call.usage()).isEqualTo(new Usage(11, 0, 4, 0)); // 4 of 9 characters, of 8 tokens
        }
    }

    @Test
    void aClosedUpstreamRejectsCalls() {
        upstream.close();

        assertThatExceptionOfType(UpstreamException.class)
                .isThrownBy(() -> reply(QUESTION, turn("turn_1"), Map.of()))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SHUTTING_DOWN));
    }

    /** Opens the call that gets a sample. */
    private Call sample(int index) {
        TurnCallState turn = turn("turn_1");
        skipTo(index, turn);
        CallRequest request = request(QUESTION, Map.of());
        return upstream.open(request, context(turn, turn.number(request)));
    }

    private void skipTo(int index, TurnCallState turn) {
        int before = Math.floorMod(index - 1, TEXTS.size());
        while (!reply(QUESTION, turn, Map.of()).equals(TEXTS.get(before))) {
            // the next one
        }
    }

    private String reply(String message, TurnCallState turn, Map<String, RawJson> fields) {
        CallRequest request = request(message, fields);
        try (Call call = upstream.open(request, context(turn, turn.number(request)))) {
            return text(call);
        }
    }

    private static String text(Call call) {
        StringBuilder text = new StringBuilder();
        call.forEach(delta -> text.append(((Delta.Text) delta).text()));
        return text.toString();
    }

    private static CallRequest request(String message, Map<String, RawJson> fields) {
        return new CallRequest("m", List.of(Message.user(message)), fields);
    }

    private static CallContext context(TurnCallState turn, int number) {
        return new CallContext(new Cancellation(), new RetryBudget(0), turn, number, () -> {}, usage -> {});
    }

    private static Map<String, RawJson> seed(int seed) {
        return Map.of("seed", new RawJson(Integer.toString(seed)));
    }

    private static TurnCallState turn(String id) {
        return new TurnCallState(new TurnInfo(id, "caller", "preset", "chat", "", null));
    }
}
