package org.o1api.upstream;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.SurrogateGuard;
import org.o1api.model.Usage;

/**
 * The deltas of a reply that have arrived and have not been read yet. Pieces of one kind are joined into one delta. Half a
 * surrogate pair at the end is held back until the other half arrives. Confined to the call's thread.
 */
final class DeltaBuffer implements ChunkReader.Sink {
    private enum Kind {
        TEXT,
        REASONING,
        REFUSAL,
        TOOL_CALL
    }

    private final UpstreamErrors errors;
    private final ArrayDeque<Delta> ready = new ArrayDeque<>();
    private final ToolCallBuffer toolCalls = new ToolCallBuffer();
    private final @Nullable StringBuilder text;
    private boolean activity;
    private boolean hasContent;
    private boolean hasAnswer;
    private @Nullable ProviderFinishReason finishReason;
    /** Whether more content has come after the finish reason, so that the reply has not ended there. */
    private boolean contentAfterFinish;

    /** Whether a finish reason came before the end of the answer. Then only the end of the body marks the end of the reply. */
    private boolean hasEarlyFinishReason;

    private final int maxLength;
    private long length;

    private Usage usage = Usage.NONE;

    // The delta that is being joined.
    private Kind kind = Kind.TEXT;
    private final StringBuilder pending = new StringBuilder();
    private int index;
    private @Nullable String id;
    private @Nullable String name;
    private final Map<String, RawJson> fields = new LinkedHashMap<>(0);

    /**
     * Creates an empty buffer.
     *
     * @param keepsText whether all text is kept for {@link #text()}
     * @param maxLength the maximum number of characters of the reply
     */
    DeltaBuffer(UpstreamErrors errors, boolean keepsText, int maxLength) {
        this.errors = errors;
        this.maxLength = maxLength;
        this.text = keepsText ? new StringBuilder() : null;
    }

    @Override
    public void text(String piece) {
        append(Kind.TEXT, 0, piece);
        if (text != null) {
            text.append(piece);
        }
        hasAnswer |= !piece.isBlank();
    }

    @Override
    public void reasoning(String piece) {
        append(Kind.REASONING, 0, piece);
    }

    @Override
    public void refusal(String piece) {
        append(Kind.REFUSAL, 0, piece);
        hasAnswer |= !piece.isEmpty();
    }

    @Override
    public void image(RawJson json) {
        countContent(json.text().length());
        endDelta();
        ready.add(new Delta.Image(json));
        hasContent = true;
        hasAnswer = true;
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        if (piece.id() == null
                && piece.name() == null
                && piece.arguments().isEmpty()
                && piece.fields().isEmpty()) {
            return; // an empty piece, which does not start a call
        }
        countContent(lengthOf(piece));
        hasAnswer = true;
        toolCalls.add(piece).forEach(this::appendToolCall);
    }

    private static long lengthOf(Delta.ToolCall piece) {
        long characters = piece.arguments().length();
        for (Map.Entry<String, RawJson> field : piece.fields().entrySet()) {
            characters += field.getKey().length() + field.getValue().text().length();
        }
        return characters;
    }

    private void appendToolCall(Delta.ToolCall piece) {
        boolean first = piece.name() != null;
        if (first
                || kind != Kind.TOOL_CALL
                || index != piece.index()
                || !Collections.disjoint(fields.keySet(), piece.fields().keySet())) {
            endDelta();
            kind = Kind.TOOL_CALL;
            index = piece.index();
        }
        if (first) {
            id = piece.id();
            name = piece.name();
            hasContent = true;
        }
        fields.putAll(piece.fields());
        pending.append(piece.arguments());
    }

    @Override
    public void activity() {
        activity = true;
    }

    @Override
    public void usage(Usage reported) {
        usage = UsageReader.merge(usage, reported);
    }

    @Override
    public void finish(ProviderFinishReason reason) {
        if (reason.kind() == ProviderFinishReason.Kind.FAILURE) {
            String value = reason.value().isEmpty() ? "" : " (finish_reason " + reason.value() + ")";
            throw UpstreamErrors.providerFailed("aborted its reply" + value, null);
        }
        finishReason = reason;
        contentAfterFinish = false;
        releaseToolCalls();
    }

    @Override
    public void error(ProviderErrorBody error) {
        throw errors.ofErrorInReply(error);
    }

    /** The provider's last finish reason so far; null if there is none. */
    @Nullable
    ProviderFinishReason finishReason() {
        return finishReason;
    }

    /** Whether the reply has a finish reason and no content has come after it. */
    boolean isFinished() {
        return finishReason != null && !contentAfterFinish;
    }

    /**
     * Whether the reply can be complete although its body has not ended. Some providers send {@code stop} with every chunk, so a
     * finish reason alone does not prove it.
     */
    boolean mayHaveEnded() {
        return finishReason != null
                && !contentAfterFinish
                && !hasEarlyFinishReason
                && hasAnswer
                && (!toolCalls.isEmpty() || !callsTools(finishReason));
    }

    /** Whether the model has generated anything, even if it cannot be shown. */
    boolean hasActivity() {
        return activity;
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

    /** Whether the reply is empty so far and was not cut by a limit or a filter. */
    boolean isEmptyReply() {
        return !hasContent && (finishReason == null || !isCut(finishReason));
    }

    private static boolean callsTools(ProviderFinishReason reason) {
        return reason.kind() == ProviderFinishReason.Kind.TOOL_CALLS;
    }

    private static boolean isCut(ProviderFinishReason reason) {
        return reason.kind() == ProviderFinishReason.Kind.LENGTH
                || reason.kind() == ProviderFinishReason.Kind.CONTENT_FILTER;
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    Delta take() {
        return ready.remove();
    }

    /** Makes everything that has arrived readable, except half a surrogate pair at the end. */
    void flush() {
        int length = pending.length();
        if (SurrogateGuard.completeLength(pending) == length) {
            endDelta();
        } else if (length > 1 || name != null || !fields.isEmpty()) {
            char half = pending.charAt(length - 1);
            pending.setLength(length - 1);
            Kind sameKind = kind;
            int sameIndex = index;
            endDelta();
            kind = sameKind;
            index = sameIndex;
            pending.append(half);
        }
    }

    /** The reply has ended: makes everything readable. */
    void complete() {
        releaseToolCalls();
        endDelta();
    }

    private void releaseToolCalls() {
        toolCalls.release().forEach(this::appendToolCall);
    }

    /** Ends the delta that is being joined and makes it readable. */
    void endDelta() {
        if (pending.isEmpty() && name == null && fields.isEmpty()) {
            return;
        }
        SurrogateGuard.replaceUnpaired(pending, 0, pending.length());
        String piece = pending.toString();
        pending.setLength(0);
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
            endDelta();
            kind = newKind;
            index = newIndex;
        }
        countContent(piece.length());
        hasContent = true;
        pending.append(piece);
    }

    /** Counts more content of the reply. */
    private void countContent(long characters) {
        length += characters;
        if (length > maxLength) {
            throw UpstreamErrors.tooLarge("a reply", maxLength);
        }
        hasEarlyFinishReason |= mayHaveEnded();
        activity = true;
        contentAfterFinish = true;
    }
}
