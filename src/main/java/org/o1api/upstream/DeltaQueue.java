package org.o1api.upstream;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;

/**
 * What a reply has told and nobody has taken yet. Pieces of one kind become one delta; half a surrogate pair at its end waits
 * for the other half.
 */
final class DeltaQueue implements ChunkReader.Sink {
    private enum Kind {
        TEXT,
        REASONING,
        REFUSAL,
        TOOL_CALL
    }

    private final Failures failures;
    private final ArrayDeque<Delta> ready = new ArrayDeque<>();
    private final Set<Integer> toolCalls = new HashSet<>(0);
    private boolean any;
    private @Nullable FinishReason finish;
    private Usage usage = Usage.NONE;

    // The delta that grows.
    private Kind kind = Kind.TEXT;
    private final StringBuilder growing = new StringBuilder();
    private int index;
    private @Nullable String id;
    private @Nullable String name;

    DeltaQueue(Failures failures) {
        this.failures = failures;
    }

    @Override
    public void text(String text) {
        append(Kind.TEXT, 0, text);
    }

    @Override
    public void reasoning(String text) {
        append(Kind.REASONING, 0, text);
    }

    @Override
    public void refusal(String text) {
        append(Kind.REFUSAL, 0, text);
    }

    @Override
    public void toolCall(int number, @Nullable String newId, @Nullable String newName, String arguments) {
        if (newId == null && newName == null && arguments.isEmpty()) {
            return; // says nothing, and begins nothing
        }
        boolean first = toolCalls.add(number);
        if (first) {
            seal();
        }
        append(Kind.TOOL_CALL, number, arguments);
        if (first) {
            kind = Kind.TOOL_CALL;
            index = number;
            id = newId == null ? madeUpId() : newId;
            name = newName;
            any = true;
        }
    }

    /** Clients answer a call by its id, so each needs one. */
    private static String madeUpId() {
        return "call_" + UUID.randomUUID().toString().replace("-", "");
    }

    @Override
    public void usage(Usage told) {
        usage = told;
    }

    @Override
    public void finish(FinishReason reason) {
        finish = reason;
    }

    @Override
    public void error(@Nullable String code, @Nullable String message) {
        throw failures.reported(code, message);
    }

    /** Whether the upstream has said why it stopped. */
    boolean finished() {
        return finish != null;
    }

    /** Why the model stopped; by what it sent where it did not say, or said no more than that it stopped. */
    FinishReason finishReason() {
        if (finish != null && finish != FinishReason.STOP) {
            return finish;
        }
        return toolCalls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
    }

    Usage usage() {
        return usage;
    }

    /** Whether the reply so far says nothing, though it was not cut short. */
    boolean saysNothing() {
        return !any && finish != FinishReason.LENGTH && finish != FinishReason.CONTENT_FILTER;
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    Delta take() {
        return ready.remove();
    }

    /** Makes what has arrived ready, but for half a surrogate pair. */
    void flush() {
        int length = growing.length();
        boolean half = length > 0 && Character.isHighSurrogate(growing.charAt(length - 1));
        if (!half) {
            seal();
        } else if (length > 1 || id != null || name != null) {
            char held = growing.charAt(length - 1);
            growing.setLength(length - 1);
            Kind same = kind;
            int sameIndex = index;
            seal();
            kind = same;
            index = sameIndex;
            growing.append(held);
        }
    }

    /** Makes ready all that there is. */
    void seal() {
        if (growing.isEmpty() && id == null && name == null) {
            return;
        }
        makeWellFormed();
        String text = growing.toString();
        growing.setLength(0);
        ready.add(
                switch (kind) {
                    case TEXT -> new Delta.Text(text);
                    case REASONING -> new Delta.Reasoning(text);
                    case REFUSAL -> new Delta.Refusal(text);
                    case TOOL_CALL -> new Delta.ToolCall(index, id, name, text);
                });
        id = null;
        name = null;
    }

    private void append(Kind newKind, int newIndex, String text) {
        if (text.isEmpty()) {
            return;
        }
        if (newKind != kind || newIndex != index) {
            seal();
            kind = newKind;
            index = newIndex;
        }
        any = true;
        growing.append(text);
    }

    /** A surrogate without its other half could not be written as UTF-8. */
    private void makeWellFormed() {
        for (int i = 0; i < growing.length(); i++) {
            char c = growing.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < growing.length()
                        && Character.isLowSurrogate(growing.charAt(i + 1))) {
                    i++;
                } else {
                    growing.setCharAt(i, '\ufffd');
                }
            }
        }
    }
}
