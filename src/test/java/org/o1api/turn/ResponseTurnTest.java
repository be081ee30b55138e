package org.o1api.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.StoredTurn;
import org.o1api.database.Database;
import org.o1api.json.MessageJson;
import org.o1api.model.CallRecord;
import org.o1api.model.Cancellation;
import org.o1api.model.Content;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnId;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.ConcurrentCalls;
import org.o1api.reasoning.ModelCall;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.ScriptedUpstream;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;
import org.o1api.reasoning.TurnClient;
import org.o1api.reasoning.TurnContext;
import org.o1api.turn.ConversationOptions.Storage;
import org.o1api.upstream.CallRequest;

/** Turns that begin or continue an unnamed conversation, and what a request says about its conversation. */
class ResponseTurnTest {
    private static final String CALLER = TurnFixture.CALLER;
    private static final Message INSTRUCTION = Message.system("Be brief.");
    private static final ConversationOptions UNSTORED = new ConversationOptions(List.of(), true, Storage.NONE, null);

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final List<List<String>> prompts = new ArrayList<>();
    private Function<TurnContext, FinishReason> work = this::answer;
    private Database database;
    private TurnFixture fixture;

    @BeforeEach
    void open(@TempDir Path folder) {
        database = TurnFixture.database(folder);
        fixture = new TurnFixture(Map.of("main", ScriptedUpstream.answering("unused")), scheduler, database);
    }

    @AfterEach
    void close() {
        scheduler.shutdownNow();
        database.close();
    }

    private FinishReason answer(TurnContext turn) {
        prompts.add(turn.prompt().messages().stream()
                .map(message -> message.content() instanceof Content.Text text ? text.text() : "")
                .toList());
        turn.log().answerText("Yes.");
        return FinishReason.STOP;
    }

    private static final class Client implements TurnClient {
        final List<TurnEvent> events = new ArrayList<>();

        @Override
        public void write(TurnEvent event) {
            events.add(event);
        }

        @Override
        public void flush() {}

        @Override
        public void end() {}
    }

    private TurnRequest request(@Nullable ConversationRef conversation, ConversationOptions options, String question) {
        return request(conversation, options, List.of(Message.user(question)));
    }

    private TurnRequest request(
            @Nullable ConversationRef conversation, ConversationOptions options, List<Message> messages) {
        Preset preset = TestPresets.preset(new TestStrategy(turn -> work.apply(turn)));
        StoredTurn answered = conversation == null
                ? null
                : fixture.conversations.findAnsweredTurn(conversation).orElse(null);
        String id =
                answered != null ? answered.id() : conversation == null ? TurnId.random() : conversation.newTurnId();
        return new TurnRequest(
                new TurnInfo(id, CALLER, preset.name(), "responses", "req_1", null),
                5,
                "m",
                preset,
                preset.strategy(),
                null,
                Mode.STANDARD,
                preset.budget(),
                new Prompt(messages, Map.of(), null, Map.of(), null),
                conversation,
                options,
                answered,
                new Cancellation());
    }

    /** Runs a turn and returns the ID of its response. */
    private String run(@Nullable ConversationRef conversation, ConversationOptions options, String question) {
        TurnRequest request = request(conversation, options, question);
        fixture.run(request, new Client());
        return TurnId.response(request.info().id());
    }

    private String run(@Nullable ConversationRef conversation, String question) {
        return run(conversation, ConversationOptions.DEFAULT, question);
    }

    private ConversationRef after(String response) {
        return fixture.conversations.responses().continuing(CALLER, response, null);
    }

    private static ConversationOptions instructed() {
        return new ConversationOptions(List.of(INSTRUCTION), true, Storage.REQUIRED, null);
    }

    private List<String> lastPrompt() {
        return prompts.get(prompts.size() - 1);
    }

    @Test
    void sendsInstructionsWithItsOwnTurnOnly() {
        String first = run(ConversationRef.unnamed(CALLER, null), instructed(), "q0");
        assertThat(lastPrompt()).containsExactly("Be brief.", "q0");
        String second = run(after(first), "q1");
        assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q1");
        run(after(second), instructed(), "q2");
        assertThat(lastPrompt()).containsExactly("Be brief.", "q0", "Yes.", "q1", "Yes.", "q2");
    }

    @Test
    void sendsInstructionsWithoutAConversation() {
        run(null, instructed(), "q0");
        assertThat(lastPrompt()).containsExactly("Be brief.", "q0");
    }

    /** The provider gets the same whether the turn is stored or not. */
    @Test
    void sendsTheSameIfItIsNotStored() {
        Message call = MessageJson.withToolCalls(
                MessageJson.assistant(null, Map.of(), Map.of()), List.of(new ToolCall("c", "f", "{}")));
        Message result = MessageJson.toolResult("c", new Content.Text("result"));
        Message user = Message.user("u");
        Map<List<Message>, String> expected = Map.of(
                List.of(user, call, user),
                        "u,,This tool call was not run: the conversation went on without its result.,u",
                List.of(user, call), "u,,This tool call was not run: the conversation went on without its result.",
                List.of(user, call, INSTRUCTION, result), "u,,result,Be brief.",
                List.of(result, user), "The result of the tool call \"c\":\nresult,u",
                List.of(user, Message.assistant(" "), user), "u,u",
                List.of(user, call, result), "u,,result");
        expected.forEach((messages, sent) -> {
            fixture.run(request(null, UNSTORED, messages), new Client());
            assertThat(String.join(",", lastPrompt())).isEqualTo(sent);
            fixture.run(
                    request(ConversationRef.unnamed(CALLER, null), ConversationOptions.DEFAULT, messages),
                    new Client());
            assertThat(String.join(",", lastPrompt())).isEqualTo(sent);
        });
    }

    @Test
    void storesTheEcho() {
        RawJson echo = new RawJson("{\"top_p\":0.50,\"top_p\":1}");
        List<Message> stored = new ArrayList<>();
        ConversationOptions options = new ConversationOptions(List.of(), true, Storage.REQUIRED, messages -> {
            stored.addAll(messages);
            return echo;
        });
        String response = run(ConversationRef.unnamed(CALLER, null), options, "q0");
        assertThat(stored).containsExactly(Message.user("q0"));
        assertThat(fixture.conversations.responses().find(CALLER, response))
                .hasValueSatisfying(found -> assertThat(found.turn().echo()).isEqualTo(echo));
    }

    @Test
    void leavesOutTurnsOnlyIfItMay() {
        String first = run(ConversationRef.unnamed(CALLER, null), "x".repeat(1 << 20));
        run(after(first), "q1");
        assertThat(lastPrompt()).containsExactly("q1");
        ConversationOptions complete = new ConversationOptions(List.of(), false, Storage.REQUIRED, null);
        GatewayException error = catchThrowableOfType(GatewayException.class, () -> run(after(first), complete, "q2"));
        assertThat(error.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        String small = run(ConversationRef.unnamed(CALLER, null), "q3");
        run(after(small), complete, "q4");
        assertThat(lastPrompt()).containsExactly("q3", "Yes.", "q4");
    }

    @Test
    void continuesWithoutStoring() {
        String first = run(ConversationRef.unnamed(CALLER, null), "q0");
        String second = run(after(first), UNSTORED, "q1");
        assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q1");
        assertThat(fixture.conversations.responses().find(CALLER, second)).isEmpty();
        ConversationRef named = new ConversationRef(CALLER, "n", null);
        run(named, "q2");
        run(named, UNSTORED, "q3");
        run(named, "q4");
        assertThat(lastPrompt()).containsExactly("q2", "Yes.", "q4");
    }

    /** With its history and instructions. */
    @Test
    void countsTheInputOfTheFirstCall() {
        String first = run(ConversationRef.unnamed(CALLER, null), "one two three");
        work = this::callOnce;
        TurnRequest request =
                request(after(first), new ConversationOptions(List.of(INSTRUCTION), true, Storage.NONE, null), "four");
        long tokens = fixture.runner.countInput(request, fixture.admission.admit(CALLER, () -> {}));
        // "Be brief." and "one two three" are 3 tokens, "Yes." 2 and "four" 1; each message and the reply take 3 more
        assertThat(tokens).isEqualTo(3 + 3 + 2 + 1 + 5 * 3);
        assertThat(fixture.admission.running()).isEmpty();
        assertThat(fixture.conversations
                        .responses()
                        .find(CALLER, TurnId.response(request.info().id())))
                .isEmpty();
    }

    /** The memory of the body and the caller's slot are in use until the count is known. */
    @Test
    void countsWithinItsTicket() {
        work = this::callOnce;
        TurnRequest request = request(null, ConversationOptions.DEFAULT, "one two three ".repeat(10_000));
        Admission.Ticket ticket = fixture.admission.admit(
                CALLER, () -> request.cancellation().cancel(ErrorCode.SHUTTING_DOWN, "counted after the release"));
        assertThat(fixture.runner.countInput(request, ticket)).isGreaterThan(30_000);
        assertThat(fixture.admission.running()).isEmpty();
    }

    @Test
    void stopsCountingWhenTheRequestIsCancelled() {
        TurnRequest request = request(null, ConversationOptions.DEFAULT, "four");
        work = turn -> {
            request.cancellation().cancel(ErrorCode.SHUTTING_DOWN, "stopping");
            return callOnce(turn);
        };
        GatewayException error = catchThrowableOfType(
                GatewayException.class,
                () -> fixture.runner.countInput(request, fixture.admission.admit(CALLER, () -> {})));
        assertThat(error.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(fixture.admission.running()).isEmpty();
    }

    /** A vote's samples have threads of their own, which may all be in use. A strategy does not take the end for that of its client. */
    @Test
    void countsAConcurrentCallWithoutAThread() {
        List<ErrorCode> failures = new ArrayList<>();
        work = turn -> {
            try (ConcurrentCalls calls = turn.calls().concurrent()) {
                calls.start(new ModelCall(callRequest(turn), CallRecord.Purpose.SAMPLE));
                calls.next();
                throw new AssertionError("the turn goes on");
            } catch (GatewayException e) {
                failures.add(e.code());
                throw e;
            }
        };
        scheduler.shutdownNow();
        TurnRequest request = request(null, ConversationOptions.DEFAULT, "four");
        assertThat(fixture.runner.countInput(request, fixture.admission.admit(CALLER, () -> {})))
                .isEqualTo(7);
        assertThat(failures).containsExactly(ErrorCode.INTERNAL_ERROR);
        assertThat(request.cancellation().isCancelled()).isFalse();
        assertThat(request.cancellation().registeredActions()).isZero();
    }

    private static CallRequest callRequest(TurnContext turn) {
        return new CallRequest("m", turn.prompt().messages(), Map.of(), Set.of());
    }

    private FinishReason callOnce(TurnContext turn) {
        turn.calls().answerCall(callRequest(turn));
        throw new AssertionError("a call was made");
    }

    /** It reads what is stored, and the turn that is running does not wait for it either. */
    @Test
    void doesNotWaitForATurnIfItStoresNothing() {
        ConversationRef named = new ConversationRef(CALLER, "n", null);
        run(named, "q0");
        work = turn -> {
            work = this::answer;
            run(named, UNSTORED, "q1");
            assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q1");
            work = this::callOnce;
            assertThat(fixture.runner.countInput(
                            request(named, UNSTORED, "q2"), fixture.admission.admit(CALLER, () -> {})))
                    .isPositive();
            return answer(turn);
        };
        run(named, "q3");
        assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q3");
    }

    /** Not even a lease, by which a conversation exists that does not. */
    @Test
    void beginsNoConversationIfItStoresNothing() {
        work = turn -> {
            assertThat(fixture.conversations.store().delete(CALLER, "new")).isFalse();
            return answer(turn);
        };
        run(new ConversationRef(CALLER, "new", null), UNSTORED, "q0");
        assertThat(lastPrompt()).containsExactly("q0");
    }

    /** A fork runs while another one of the same response is running. */
    @Test
    void forksDoNotWaitForEachOther() {
        String root = run(ConversationRef.unnamed(CALLER, null), "q0");
        List<String> inner = new ArrayList<>();
        work = turn -> {
            work = this::answer;
            inner.add(run(after(root), "q1"));
            return answer(turn);
        };
        String outer = run(after(root), "q2");
        run(after(inner.get(0)), "q3");
        assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q1", "Yes.", "q3");
        run(after(outer), "q4");
        assertThat(lastPrompt()).containsExactly("q0", "Yes.", "q2", "Yes.", "q4");
    }

    @Test
    void answersARepeatedRequestOnce() {
        ConversationRef ref = ConversationRef.unnamed(CALLER, new ConversationRef.IdempotencyKey("k", "d"));
        String first = run(ref, "q0");
        assertThat(run(ref, "q0")).isEqualTo(first);
        assertThat(prompts).hasSize(1);
    }

    @Test
    void continuesABrokenChainNowhere() {
        String first = run(ConversationRef.unnamed(CALLER, null), "q0");
        String second = run(after(first), "q1");
        assertThat(fixture.conversations.responses().delete(CALLER, first)).isTrue();
        GatewayException error = catchThrowableOfType(GatewayException.class, () -> run(after(second), "q2"));
        assertThat(error.code()).isEqualTo(ErrorCode.RESPONSE_NOT_FOUND);
        assertThat(prompts).hasSize(2);
        assertThat(fixture.admission.running()).isEmpty();
    }
}
