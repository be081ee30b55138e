package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.ProviderProfile.Fact;

/**
 * A call over HTTP. The thread that iterates the deltas reads the response. Reading, the ends of a reply and closing change the same
 * state, so they are in one class.
 */
final class HttpCall implements Call {
    /** The maximum size of a reply, in maximum-size events. */
    private static final long MAX_REPLY_SIZE_IN_EVENTS = 4;
    /** Maximum bytes read after the end of a reply so that the connection can be reused. */
    private static final int MAX_DRAINED_BYTES = 64 * 1024;

    private enum Format {
        UNKNOWN,
        EVENTS,
        JSON
    }

    private final ProviderProfile profile;
    private final ExpectedReply expected;
    private final Response response;
    private final Attempt attempt;
    private final DecompressingInputStream body;
    private final SseReader events;
    private final DeltaBuffer deltas;
    private final ChunkReader chunks;
    private final ReplyCompletion completion;
    private Format format = Format.UNKNOWN;
    private boolean deltaRead;
    private boolean complete;
    private boolean bodyEnded;
    private boolean closed;
    private @Nullable UpstreamException deferredFailure;

    HttpCall(
            ProviderProfile profile,
            ExpectedReply expected,
            Response response,
            Attempt attempt,
            UpstreamErrors errors) {
        this.profile = profile;
        this.expected = expected;
        this.response = response;
        this.attempt = attempt;
        this.body = Transport.body(response);
        this.events = new SseReader(body, profile.replies().event());
        this.deltas = new DeltaBuffer(errors, expected.wantsJson(), maxLength());
        this.chunks = new ChunkReader(deltas);
        this.completion = new ReplyCompletion(profile, expected, deltas);
    }

    /** The maximum length of a reply: bytes of a single object, characters of a stream. Far above what models write. */
    private int maxLength() {
        return (int) Math.min(
                Integer.MAX_VALUE, MAX_REPLY_SIZE_IN_EVENTS * profile.replies().event());
    }

    @Override
    public Iterator<Delta> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return awaitDelta();
            }

            @Override
            public Delta next() {
                if (!awaitDelta()) {
                    throw new NoSuchElementException("the reply is complete");
                }
                deltaRead = true;
                return deltas.take();
            }
        };
    }

    /** Waits for the next delta and returns whether there is one. */
    boolean awaitDelta() {
        if (deltas.isEmpty() && !complete) {
            advance();
        }
        return !deltas.isEmpty();
    }

    @Override
    public FinishReason finishReason() {
        return completion.finishReason();
    }

    @Override
    public @Nullable String stopSequence() {
        return completion.stopSequence();
    }

    @Override
    public Usage usage() {
        return deltas.usage();
    }

    @Override
    public boolean startsThinking() {
        return profile.replies().startsThinking();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (complete && !bodyEnded && !attempt.cancellation().isCancelled()) {
                drainBody();
            }
        } finally {
            try {
                attempt.close();
            } finally {
                closeResponse();
            }
        }
    }

    private void closeResponse() {
        try {
            body.releaseInflater();
            response.close();
        } catch (RuntimeException e) {
            // The connection is already cut or back in the pool.
        }
    }

    /** Reads to the end of the body, so that the connection can be reused. */
    private void drainBody() {
        attempt.exchange().startWaiting(Exchange.WaitingFor.END_OF_BODY);
        try {
            bodyEnded = events.drain(MAX_DRAINED_BYTES);
        } catch (IOException | RuntimeException e) {
            // The reply is complete: only the connection is lost.
        }
    }

    /** Waits until a delta has arrived or the reply is complete. */
    private void advance() {
        attempt.exchange().startWaiting(waitingFor());
        try {
            while (deltas.isEmpty() && !complete) {
                readMore();
            }
        } finally {
            attempt.exchange().stopWaiting();
        }
    }

    private Exchange.WaitingFor waitingFor() {
        if (deltas.mayHaveEnded()) {
            return mayReceiveUsage() ? Exchange.WaitingFor.USAGE : Exchange.WaitingFor.END_OF_REPLY;
        }
        return deltaRead || deltas.hasActivity() ? Exchange.WaitingFor.NEXT_DELTA : Exchange.WaitingFor.FIRST_DELTA;
    }

    private boolean mayReceiveUsage() {
        return expected.expectsUsage()
                && deltas.usage().equals(Usage.NONE)
                && !profile.hasLearned(Fact.NO_USAGE_AFTER_FINISH);
    }

    private void readMore() {
        attempt.cancellation().throwIfCancelled();
        if (deferredFailure != null) {
            throw deferredFailure;
        }
        try {
            if (!events.read()) {
                bodyEnded = true;
                onEndOfBody();
            } else if (format == Format.UNKNOWN) {
                detectFormat();
            } else {
                readEvents();
            }
        } catch (IOException e) {
            onReadFailure(e);
        } catch (UpstreamException e) {
            deferFailure(e);
        } catch (RuntimeException e) { // a cancelled read can throw any exception
            onReadFailure(e);
        }
    }

    private void detectFormat() throws IOException {
        switch (events.firstByte()) {
            case -1 -> {}
            case '<' -> throw UpstreamErrors.providerFailed("sent HTML or XML instead of a chat completion", null);
            case '{', '[' -> {
                format = Format.JSON;
                events.readAll(maxLength());
                bodyEnded = true;
                parseChunk();
                if (!deltas.isFinished()) {
                    completion.checkWithoutFinishReason();
                }
                complete();
            }
            default -> {
                format = Format.EVENTS;
                readEvents();
            }
        }
    }

    private void readEvents() {
        boolean anyContent = false;
        while (!complete && events.next()) {
            anyContent |= readEvent();
        }
        deltas.flush();
        if (anyContent && waitingFor() != Exchange.WaitingFor.FIRST_DELTA) {
            attempt.exchange().startWaiting(waitingFor());
        }
    }

    /** Reads an event and returns whether it is more than a keep-alive. */
    private boolean readEvent() {
        if (events.isErrorEvent()) {
            chunks.readErrorEvent(events.data(), events.offset(), events.length());
            return true;
        }
        switch (EventDataKind.of(events.data(), events.offset(), events.length())) {
            case JSON -> parseChunk();
            case DONE -> onDone();
            case KEEP_ALIVE -> {
                return false;
            }
            case OTHER -> throw UpstreamErrors.notACompletion(null);
        }
        return true;
    }

    private void onDone() {
        if (!deltas.isFinished()) {
            if (chunks.endsWithUnknownObject()) {
                throw UpstreamErrors.incompleteReply();
            }
            completion.checkWithoutFinishReason();
        }
        complete();
    }

    private void parseChunk() {
        try {
            chunks.read(events.data(), events.offset(), events.length());
        } catch (IOException e) {
            throw UpstreamErrors.notACompletion(e);
        }
    }

    private void complete() {
        deltas.complete();
        completion.check();
        complete = true;
        attempt.succeeded();
    }

    private void onEndOfBody() {
        if (format == Format.EVENTS && events.last()) {
            readEvent();
        }
        if (!complete && deltas.isFinished()) {
            complete();
        } else if (!complete) {
            throw UpstreamErrors.incompleteReply();
        }
    }

    /** The connection failed, or was cut by a timeout. After the finish reason only the usage is lost. */
    private void onReadFailure(Exception thrown) {
        attempt.cancellation().throwIfCancelled();
        if (attempt.exchange().timedOutWaitingForUsage()) {
            profile.learn(Fact.NO_USAGE_AFTER_FINISH);
        }
        try {
            if (!deltas.mayHaveEnded() || !completion.mayBeComplete()) {
                UpstreamException failure = attempt.failureFor(thrown);
                attempt.logFailure(thrown);
                throw failure;
            }
            complete();
        } catch (UpstreamException e) {
            deferFailure(e);
        }
    }

    /** Defers the failure until the deltas that arrived before it have been read. */
    private void deferFailure(UpstreamException failure) {
        attempt.cancellation().throwIfCancelled();
        attempt.failed(failure);
        deltas.complete();
        deferredFailure = failure;
        if (deltas.isEmpty()) {
            throw failure;
        }
    }
}
