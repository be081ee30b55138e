package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

class DeltaBufferTest {
    private final DeltaBuffer buffer = new DeltaBuffer(UpstreamFixture.errors(), false, 1 << 20);

    @Test
    void joinsPiecesOfOneKind() {
        buffer.reasoning("r1");
        buffer.reasoning("r2");
        buffer.text("a");
        buffer.text("b");
        buffer.reasoning("r3");
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(new Delta.Reasoning("r1r2"), new Delta.Text("ab"), new Delta.Reasoning("r3"));
    }

    @Test
    void returnsNothingBeforeTheFlush() {
        buffer.text("a");
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void separatesToolCallsAndNamesEachOnce() {
        buffer.toolCall(new Delta.ToolCall(0, "a", "f", ""));
        buffer.toolCall(new Delta.ToolCall(0, null, null, "{"));
        buffer.toolCall(new Delta.ToolCall(0, "a", "f", "}"));
        buffer.toolCall(new Delta.ToolCall(1, "b", "g", "["));
        buffer.flush();
        buffer.toolCall(new Delta.ToolCall(1, null, null, "]"));
        buffer.toolCall(new Delta.ToolCall(0, null, null, " "));
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{}"),
                        new Delta.ToolCall(1, "b", "g", "["),
                        new Delta.ToolCall(1, null, null, "]"),
                        new Delta.ToolCall(0, null, null, " "));
        assertThat(buffer.toolCalls().isEmpty()).isFalse();
    }

    @Test
    void returnsAToolCallWithoutArguments() {
        buffer.text("a");
        buffer.toolCall(new Delta.ToolCall(0, "i", "f", ""));
        buffer.toolCall(new Delta.ToolCall(1, null, null, ""));
        buffer.endDelta();
        assertThat(takeAll()).containsExactly(new Delta.Text("a"), new Delta.ToolCall(0, "i", "f", ""));
    }

    @Test
    void generatesAMissingIdAtTheNextCallOrTheEnd() {
        buffer.toolCall(new Delta.ToolCall(0, null, "f", "{"));
        buffer.flush();
        buffer.toolCall(new Delta.ToolCall(0, null, null, "}"));
        buffer.flush();
        assertThat(takeAll()).isEmpty();
        buffer.toolCall(new Delta.ToolCall(1, null, "g", ""));
        buffer.flush();
        List<Delta.ToolCall> calls = takeToolCalls();
        assertThat(calls).hasSize(1);
        buffer.toolCall(new Delta.ToolCall(1, null, null, "1"));
        buffer.complete();
        calls.addAll(takeToolCalls());
        assertThat(calls).extracting(Delta.ToolCall::index).containsExactly(0, 1);
        assertThat(calls).extracting(Delta.ToolCall::name).containsExactly("f", "g");
        assertThat(calls).extracting(Delta.ToolCall::arguments).containsExactly("{}", "1");
        assertThat(calls).allSatisfy(call -> assertThat(call.id()).matches("call_[0-9a-f]{32}"));
        assertThat(calls.get(0).id()).isNotEqualTo(calls.get(1).id());
    }

    @Test
    void waitsForAnIdUntilTheFinishReason() {
        buffer.toolCall(new Delta.ToolCall(0, null, "f", "{}"));
        buffer.flush();
        assertThat(takeAll()).isEmpty();
        buffer.finish(ProviderFinishReason.of("tool_calls"));
        buffer.flush();
        assertThat(takeToolCalls()).extracting(Delta.ToolCall::name).containsExactly("f");
    }

    @Test
    void holdsBackAToolCallUntilItHasAName() {
        buffer.toolCall(new Delta.ToolCall(0, "a", null, "{", Map.of("x", new RawJson("1"))));
        buffer.flush();
        assertThat(takeAll()).isEmpty();
        assertThat(buffer.hasActivity()).isTrue();
        assertThat(buffer.toolCalls().hasUnnamedCall()).isTrue();
        buffer.toolCall(new Delta.ToolCall(0, null, "f", "}", Map.of("y", new RawJson("2"))));
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{}", Map.of("x", new RawJson("1"), "y", new RawJson("2"))));
        assertThat(buffer.toolCalls().hasUnnamedCall()).isFalse();
    }

    @Test
    void returnsExtraFieldsWithTheirPiece() {
        buffer.toolCall(new Delta.ToolCall(0, "a", "f", "{"));
        buffer.flush();
        buffer.toolCall(new Delta.ToolCall(0, null, null, "", Map.of("x", new RawJson("1"))));
        buffer.toolCall(new Delta.ToolCall(0, null, null, "}", Map.of("x", new RawJson("2"))));
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", "{"),
                        new Delta.ToolCall(0, null, null, "", Map.of("x", new RawJson("1"))),
                        new Delta.ToolCall(0, null, null, "}", Map.of("x", new RawJson("2"))));
    }

    @Test
    void givesToolCallsWithTheSameIdDifferentIds() {
        buffer.toolCall(new Delta.ToolCall(0, "a", "f", "{}"));
        buffer.toolCall(new Delta.ToolCall(1, "a", "f", "{}"));
        buffer.flush();
        List<Delta.ToolCall> calls = takeToolCalls();
        assertThat(calls.get(0).id()).isEqualTo("a");
        assertThat(calls.get(1).id()).matches("call_[0-9a-f]{32}");
    }

    @Test
    void keepsTheOrderOfTextsAndImages() {
        buffer.text("a");
        buffer.image(new RawJson("{}"));
        buffer.text("b");
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(new Delta.Text("a"), new Delta.Image(new RawJson("{}")), new Delta.Text("b"));
    }

    @ParameterizedTest
    @CsvSource({
        "stop, reasoning, false",
        "stop, text, true",
        "stop, refusal, true",
        "stop, image, true",
        "stop, tool, true",
        "stop, nothing, false",
        "stop, space, false",
        "length, text, true",
        "length, reasoning, false",
        "content_filter, nothing, false",
        "tool_calls, text, false",
        "tool_calls, tool, true",
        "odd, reasoning, false"
    })
    void endsTheReplyByAFinishReasonOnlyAfterContent(String reason, String what, boolean mayHaveEnded) {
        switch (what) {
            case "text" -> buffer.text("a");
            case "space" -> buffer.text("\n");
            case "reasoning" -> buffer.reasoning("a");
            case "refusal" -> buffer.refusal("a");
            case "image" -> buffer.image(new RawJson("{}"));
            case "tool" -> buffer.toolCall(new Delta.ToolCall(0, "i", "f", ""));
            default -> buffer.activity();
        }
        buffer.finish(ProviderFinishReason.of(reason));
        assertThat(buffer.mayHaveEnded()).isEqualTo(mayHaveEnded);
        assertThat(buffer.isFinished()).isTrue();
    }

    private static List<Consumer<DeltaBuffer>> pieces() {
        return List.of(
                queue -> queue.text("a"),
                queue -> queue.refusal("a"),
                queue -> queue.reasoning("a"),
                queue -> queue.image(new RawJson("{}")),
                queue -> queue.toolCall(new Delta.ToolCall(0, "i", "f", "")));
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void contentAfterAFinishReasonContinuesTheReply(Consumer<DeltaBuffer> more) {
        buffer.text("a");
        buffer.finish(ProviderFinishReason.of("stop"));
        assertThat(buffer.mayHaveEnded()).isTrue();
        buffer.text("");
        buffer.usage(new Usage(1, 0, 1, 0));
        buffer.activity();
        assertThat(buffer.mayHaveEnded()).isTrue();
        more.accept(buffer);
        assertThat(buffer.isFinished()).isFalse();
        buffer.finish(ProviderFinishReason.of("stop"));
        assertThat(buffer.isFinished()).isTrue();
        assertThat(buffer.mayHaveEnded())
                .as("such a provider's reasons say nothing before the body's end")
                .isFalse();
    }

    @Test
    void countsExtraFieldsOfToolCalls() {
        Map<String, RawJson> added = Map.of("extra_content", new RawJson("\"" + "a".repeat(1 << 20) + "\""));
        assertThatThrownBy(() -> buffer.toolCall(new Delta.ToolCall(0, "i", "f", "{}", added)))
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("upstreams.*.event");
    }

    @Test
    void rejectsAReplyThatIsTooLong() {
        buffer.text("a".repeat(1 << 19));
        buffer.reasoning("a".repeat(1 << 19));
        assertThatThrownBy(() -> buffer.toolCall(new Delta.ToolCall(0, "i", "f", "{}")))
                .isInstanceOfSatisfying(UpstreamException.class, e -> {
                    assertThat(e.retryable()).isFalse();
                    assertThat(e).hasMessageContaining("1024 KiB (upstreams.*.event)");
                });
    }

    @Test
    void zeroDoesNotReplaceATokenCount() {
        buffer.usage(new Usage(10, 4, 3, 1));
        buffer.usage(Usage.NONE);
        buffer.usage(new Usage(0, 0, 9, 0));
        assertThat(buffer.usage()).isEqualTo(new Usage(10, 4, 9, 1));
    }

    @Test
    void failsOnAFailureAsFinishReason() {
        buffer.text("a");
        assertThatThrownBy(() -> buffer.finish(ProviderFinishReason.of("insufficient_system_resource")))
                .isInstanceOf(UpstreamException.class)
                .hasMessage("The model provider aborted its reply (finish_reason insufficient_system_resource).");
    }

    @Test
    void keepsRefusalsApartFromText() {
        buffer.refusal("I ca");
        buffer.refusal("n't.");
        buffer.flush();
        assertThat(takeAll()).containsExactly(new Delta.Refusal("I can't."));
        assertThat(buffer.isEmptyReply()).isFalse();
    }

    @Test
    void holdsBackHalfASurrogatePair() {
        buffer.text("a\ud83d");
        buffer.flush();
        assertThat(takeAll()).containsExactly(new Delta.Text("a"));
        buffer.flush();
        assertThat(takeAll()).isEmpty();
        buffer.text("\ude00b");
        buffer.flush();
        assertThat(takeAll()).containsExactly(new Delta.Text("\ud83d\ude00b"));
    }

    @Test
    void holdsBackHalfASurrogatePairInArguments() {
        buffer.toolCall(new Delta.ToolCall(0, "a", "f", "\ud83d"));
        buffer.flush();
        buffer.toolCall(new Delta.ToolCall(0, null, null, "\ude00"));
        buffer.flush();
        assertThat(takeAll())
                .containsExactly(
                        new Delta.ToolCall(0, "a", "f", ""), new Delta.ToolCall(0, null, null, "\ud83d\ude00"));
    }

    @Test
    void replacesALoneSurrogate() {
        buffer.text("a\ud83d");
        buffer.reasoning("\ude00\ud83d");
        buffer.flush();
        buffer.endDelta();
        assertThat(takeAll())
                .containsExactly(
                        new Delta.Text("a\ufffd"), new Delta.Reasoning("\ufffd"), new Delta.Reasoning("\ufffd"));
    }

    private List<Delta.ToolCall> takeToolCalls() {
        return new ArrayList<>(
                takeAll().stream().map(Delta.ToolCall.class::cast).toList());
    }

    private List<Delta> takeAll() {
        List<Delta> taken = new ArrayList<>();
        while (!buffer.isEmpty()) {
            taken.add(buffer.take());
        }
        return taken;
    }
}
