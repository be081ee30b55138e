package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnId;

/** Idempotency keys of responses without a conversation, and the key that all nodes share, on H2 and PostgreSQL. */
@ParameterizedClass
@EnumSource
class ResponseKeysIT extends ResponseFixture {
    ResponseKeysIT(DatabaseType databaseType) {
        super(databaseType);
    }

    private static ConversationRef first(String caller, String key, String digest) {
        return ConversationRef.unnamed(caller, key(key, digest));
    }

    private ErrorCode rejected(Conversations at, ConversationRef ref) {
        return expectError(() -> at.findAnsweredTurn(ref)).code();
    }

    @Test
    void findsARepeatedFirstRequest() {
        ConversationRef ref = first(CALLER, "k", "d");
        assertThat(node.findAnsweredTurn(ref)).isEmpty();
        String response = store(node, ref, "q0");
        Conversations other = node(database(), 1 << 30);
        assertThat(other.findAnsweredTurn(first(CALLER, "k", "d")))
                .hasValueSatisfying(
                        turn -> assertThat(TurnId.response(turn.id())).isEqualTo(response));
        assertThat(rejected(other, first(CALLER, "k", "e"))).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        assertThat(other.findAnsweredTurn(first(CALLER, "l", "d"))).isEmpty();
        assertThat(other.findAnsweredTurn(first("bob", "k", "d"))).isEmpty();
        assertThat(first(CALLER, "k", "d").newTurnId()).isEqualTo(ref.newTurnId());
        assertThat(ConversationRef.unnamed(CALLER, null).id())
                .isNotEqualTo(ConversationRef.unnamed(CALLER, null).id());
    }

    @Test
    void rejectsARepeatedRequestWhileTheFirstIsRunning() {
        Conversations other = node(database(), 1 << 30);
        String root = begin("q");
        for (ConversationRef ref :
                List.of(first(CALLER, "k", "d"), node.responses().continuing(CALLER, root, key("k", "d")))) {
            ConversationRef different = new ConversationRef(CALLER, ref.id(), ref.parent(), key("k", "e"));
            try (OpenConversation open = node.tryOpen(ref).orElseThrow()) {
                assertThat(rejected(other, ref)).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
                assertThat(rejected(other, different)).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
                assertThat(expectError(() -> other.tryOpen(ref)).code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_IN_USE);
                open.buildPrompt(List.of(org.o1api.model.Message.user("q0")), limits());
                store(open, ref, "q0");
            }
            assertThat(other.findAnsweredTurn(ref)).isPresent();
            assertThat(rejected(other, different)).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
        }
    }

    @Test
    void forksWithDifferentKeysDoNotExcludeEachOther() {
        String root = begin("q");
        ConversationRef one = node.responses().continuing(CALLER, root, key("k", "d"));
        ConversationRef two = node.responses().continuing(CALLER, root, key("l", "d"));
        try (OpenConversation first = node.tryOpen(one).orElseThrow();
                OpenConversation second = node.tryOpen(two).orElseThrow()) {
            first.buildPrompt(List.of(org.o1api.model.Message.user("q1")), limits());
            second.buildPrompt(List.of(org.o1api.model.Message.user("q2")), limits());
            assertThat(store(first, one, "q1")).isNotEqualTo(store(second, two, "q2"));
        }
        assertThat(node.findAnsweredTurn(one)).isPresent();
        assertThat(node.findAnsweredTurn(two)).isPresent();
    }

    /** The response to continue is in a named conversation, so the key leads to an unnamed one. */
    @Test
    void findsARepeatedRequestThatLeavesANamedConversation() {
        String root = store(node, ref(CALLER, "named"), "q");
        ConversationRef ref = node.responses().continuing(CALLER, root, key("k", "d"));
        store(node, ref, "q0");
        assertThat(node.findAnsweredTurn(node.responses().continuing(CALLER, root, key("k", "d"))))
                .isPresent();
        assertThat(rejected(node, first(CALLER, "k", "e"))).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void answersADeletedResponseAgain() {
        ConversationRef ref = first(CALLER, "k", "d");
        String root = store(node, ref, "q0");
        String child = next(root, "q1");
        assertThat(node.responses().delete(CALLER, root)).isTrue();
        assertThat(node.findAnsweredTurn(ref)).isEmpty();
        assertThat(store(node, ref, "q0")).isEqualTo(root);
        assertThat(promptAfter(root)).containsExactly("q0", "aq0", "?");
        rejection(CALLER, child);
    }

    @Test
    void nodesShareOneRandomKey() throws Exception {
        List<Conversations> nodes =
                IntStream.range(0, 6).mapToObj(i -> node(database(), 1 << 30)).toList();
        CyclicBarrier barrier = new CyclicBarrier(nodes.size());
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = nodes.stream()
                .map(chosen -> new Thread(() -> {
                    try {
                        barrier.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    keys.add(chosen.reasoningKey().orElseThrow());
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(keys).hasSize(nodes.size()).containsOnly(keys.get(0));
        assertThat(java.util.Base64.getDecoder().decode(keys.get(0))).hasSize(32);
        assertThat(node.reasoningKey()).hasValue(keys.get(0));
        int before = instrumented.executedStatements("").size();
        assertThat(node.reasoningKey()).isPresent();
        assertThat(instrumented.executedStatements("")).hasSize(before);
    }

    @Test
    void hasNoKeyWithoutItsDatabase() {
        assertThat(node.reasoningKey()).isPresent();
        Conversations other = node(database, 1 << 30);
        database.close();
        assertThat(other.reasoningKey()).isEmpty();
        assertThat(node.reasoningKey()).isPresent(); // known already
    }
}
