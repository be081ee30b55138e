package org.o1api.upstream;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

/**
 * What a reply has said and nobody has taken yet. Pieces of one kind become one delta; half a surrogate pair at its end waits
 * for the other half.
 */
final class DeltaBuffer implements ChunkReader.Sink {
    private enum Kind {
        TEXT,
        REASONING,
        REFUSAL,
        TOOL_CALL
    }

    private final UpstreamErrors failures;
    private final ArrayDeque<Delta> ready = new ArrayDeque<>();
    private final ToolCallBuffer toolCalls = new ToolCallBuffer();
    private final @Nullable StringBuilder text;
    private boolean active;
    private boolean any;
    private boolean answered;
    private @Nullable ProviderFinishReason end;
    /** Whether more has come after the reason: it was not the end. */
    private boolean wentOn;

    /** Whether a reason came in the middle of the answer: only the body's end tells where that ends. */
    private boolean reasonsEarly;

    private final int longest;
    private long length;

    private Usage usage = Usage.NONE;

    // The delta that grows.
    private Kind kind = Kind.TEXT;
    private final StringBuilder growing = new StringBuilder();
    private int index;
    private @Nullable String id;
    private @Nullable String name;
    private final Map<String, RawJson> fields = new LinkedHashMap<>(0);

    /**
     * An empty queue.
     *
     * @param keepsText whether all text is kept, for {@link #text()}
     * @param longest characters of all that the reply says, at most
     */
    DeltaBuffer(UpstreamErrors failures, boolean keepsText, int longest) {
        this.failures = failures;
        this.longest = longest;
        this.text = keepsText ? new StringBuilder() : null;
    }

    @Override
    public void text(String piece) {
        append(Kind.TEXT, 0, piece);
        if (text != null) {
            text.append(piece);
        }
        answered |= !piece.isBlank();
    }

    @Override
    public void reasoning(String piece) {
        append(Kind.REASONING, 0, piece);
    }

    @Override
    public void refusal(String piece) {
        append(Kind.REFUSAL, 0, piece);
        answered |= !piece.isEmpty();
    }

    @Override
    public void image(RawJson json) {
        goOn(json.text().length());
        seal();
        ready.add(new Delta.Image(json));
        any = true;
        answered = true;
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        if (piece.id() == null
                && piece.name() == null
                && piece.arguments().isEmpty()
                && piece.fields().isEmpty()) {
            return; // says nothing, and begins nothing
        }
        goOn(lengthOf(piece));
        answered = true;
        toolCalls.add(piece).forEach(this::appendCall);
    }

    private static long lengthOf(Delta.ToolCall piece) {
        long characters = piece.arguments().length();
        for (Map.Entry<String, RawJson> field : piece.fields().entrySet()) {
            characters += field.getKey().length() + field.getValue().text().length();
        }
        return characters;
    }

    private void appendCall(Delta.ToolCall piece) {
        boolean first = piece.name() != null;
        if (first
                || kind != Kind.TOOL_CALL
                || index != piece.index()
                || !Collections.disjoint(fields.keySet(), piece.fields().keySet())) {
            seal();
            kind = Kind.TOOL_CALL;
            index = piece.index();
        }
        if (first) {
            id = piece.id();
            name = piece.name();
            any = true;
        }
        fields.putAll(piece.fields());
        growing.append(piece.arguments());
    }

    @Override
    public void activity() {
        active = true;
    }

    @Override
    public void usage(Usage reported) {
        usage = UsageReader.merge(usage, reported);
    }

    @Override
    public void finish(ProviderFinishReason reason) {
        if (reason.kind() == ProviderFinishReason.Kind.FAILURE) {
            String word = reason.word().isEmpty() ? "" : " (finish_reason " + reason.word() + ")";
            throw UpstreamErrors.providerFailed("aborted its reply" + word, null);
        }
        end = reason;
        wentOn = false;
        releaseCalls();
    }

    @Override
    public void error(ProviderErrorBody error) {
        throw failures.ofErrorInReply(error);
    }

    /** The provider's finish reason so far, of which the last one counts; null if there is none. */
    @Nullable
    ProviderFinishReason finishReason() {
        return end;
    }

    /** Whether the reply has said why it ended, and nothing has come after that. */
    boolean isFinished() {
        return end != null && !wentOn;
    }

    /** Whether the same can be true before the body's end: some providers say {@code stop} with every chunk. */
    boolean mayHaveEnded() {
        return end != null && !wentOn && !reasonsEarly && answered && (!toolCalls.isEmpty() || !callsTools(end));
    }

    /** Whether anything has arrived that the model generated, even if it cannot be shown. */
    boolean hasActivity() {
        return active;
    }

    ToolCallBuffer toolCalls() {
        return toolCalls;
    }

    /** All text so far; empty if it is not kept. */
    StringBuilder text() {
        return text == null ? new StringBuilder() : text;
    }

    Usage usage() {
        return usage;
    }

    /** Whether the reply so far says nothing, though it was not cut short. */
    boolean isEmptyReply() {
        return !any && (end == null || !isLimited(end));
    }

    private static boolean callsTools(ProviderFinishReason end) {
        return end.kind() == ProviderFinishReason.Kind.TOOL_CALLS;
    }

    private static boolean isLimited(ProviderFinishReason end) {
        return end.kind() == ProviderFinishReason.Kind.LENGTH || end.kind() == ProviderFinishReason.Kind.CONTENT_FILTER;
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
        } else if (length > 1 || name != null || !fields.isEmpty()) {
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

    /** The reply is over: makes ready all that there is. */
    void complete() {
        releaseCalls();
        seal();
    }

    private void releaseCalls() {
        toolCalls.release().forEach(this::appendCall);
    }

    /** Makes ready what there is. */
    void seal() {
        if (growing.isEmpty() && name == null && fields.isEmpty()) {
            return;
        }
        makeWellFormed();
        String piece = growing.toString();
        growing.setLength(0);
        ready.add(
                switch (kind) {
                    case TEXT -> new Delta.Text(piece);
                    case REASONING -> new Delta.Reasoning(piece);
                    case REFUSAL -> new Delta.Refusal(piece);
                    case TOOL_CALL -> new Delta.ToolCall(index, id, name, piece, fields);
                });
        id = null;
        name = null;
        fields.clear();
    }

    private void append(Kind newKind, int newIndex, String piece) {
        if (piece.isEmpty()) {
            return;
        }
        if (newKind != kind || newIndex != index) {
            seal();
            kind = newKind;
            index = newIndex;
        }
        goOn(piece.length());
        any = true;
        growing.append(piece);
    }

    /** More of the reply has come. */
    private void goOn(long characters) {
        length += characters;
        if (length > longest) {
            throw UpstreamErrors.tooLarge("a reply", longest);
        }
        reasonsEarly |= mayHaveEnded();
        active = true;
        wentOn = true;
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
