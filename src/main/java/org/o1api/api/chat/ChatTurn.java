package org.o1api.api.chat;

import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.api.ReasoningFormatter;
import org.o1api.api.StreamClient;
import org.o1api.api.SurfaceTurn;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.EventStream;
import org.o1api.turn.TurnRequest;

/**
 * A chat completion request and what its response looks like.
 *
 * @param includeUsage whether a stream ends with a usage chunk
 * @param includeTrace whether a stream contains a trace of the turn
 * @param legacyResponse whether a JSON response has the original program's {@code steps}
 */
record ChatTurn(
        TurnRequest request,
        CompletionMetadata metadata,
        ReasoningFormat format,
        UsageReport usage,
        boolean includeUsage,
        boolean includeTrace,
        boolean legacyResponse)
        implements SurfaceTurn {
    @Override
    public byte[] openingEvent() {
        return ChunkEncoder.opening(metadata);
    }

    @Override
    public StreamClient streamWriter(EventStream stream) {
        @Nullable UsageReport usageChunk = includeUsage ? usage : null;
        @Nullable
        TraceEncoder trace = includeTrace ? new TraceEncoder(request.preset().model(), System::nanoTime) : null;
        return formatter(new StreamingChatWriter(metadata, format, usageChunk, trace, stream));
    }

    @Override
    public TurnClient jsonWriter(JsonTarget target) {
        @Nullable
        LegacySteps legacySteps =
                legacyResponse ? new LegacySteps(request.preset().stepHeading()) : null;
        ReasoningFormatter formatter =
                formatter(new ChatCompletionWriter(metadata, format, usage, legacySteps, target));
        return legacySteps == null ? formatter : legacySteps.forwardingTo(formatter);
    }

    private ReasoningFormatter formatter(AnswerWriter writer) {
        return new ReasoningFormatter(format, request.preset().stepHeading(), writer);
    }
}
