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

/** A reply that comes in over HTTP, read by the thread that takes its deltas. */
final class HttpCall implements Call {
    /** How many of the longest events a reply may amount to. */
    private static final long EVENTS_IN_REPLY = 4;
    /** What may follow the end of a reply and is read for the sake of the connection. */
    private static final int LONGEST_REST = 64 * 1024;

    private enum Form {
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
    private final ReplyCompletion end;
    private Form form = Form.UNKNOWN;
    private boolean begun;
    private boolean complete;
    private boolean atEnd;
    private boolean closed;
    private @Nullable UpstreamException failure;

    HttpCall(
            ProviderProfile profile,
            ExpectedReply expected,
            Response response,
            Attempt attempt,
            UpstreamErrors failures) {
        this.profile = profile;
        this.expected = expected;
        this.response = response;
        this.attempt = attempt;
        this.body = Transport.body(response);
        this.events = new SseReader(body, profile.replies().maxEventBytes());
        this.deltas = new DeltaBuffer(failures, expected.wantsJson(), longest());
        this.chunks = new ChunkReader(deltas);
        this.end = new ReplyCompletion(profile, expected, deltas);
    }

    /** Bytes of a reply that is one object, and characters of what a stream says: far above what models write. */
    private int longest() {
        return (int)
                Math.min(Integer.MAX_VALUE, EVENTS_IN_REPLY * profile.replies().maxEventBytes());
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
                begun = true;
                return deltas.take();
            }
        };
    }

    /** Waits for the next delta, and says whether there is one. */
    boolean awaitDelta() {
        if (deltas.isEmpty() && !complete) {
            advance();
        }
        return !deltas.isEmpty();
    }

    @Override
    public FinishReason finishReason() {
        return end.finishReason();
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
            if (complete && !atEnd && !attempt.cancellation().isCancelled()) {
                finishBody();
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
            // The connection is gone or back in the pool: nothing is left to be done with it.
        }
    }

    /** Reads to the body's end, which gives the connection back for the next call. */
    private void finishBody() {
        attempt.exchange().startWaiting(Exchange.WaitingFor.END_OF_BODY);
        try {
            atEnd = events.drain(LONGEST_REST);
        } catch (IOException | RuntimeException e) {
            // The reply is complete: the connection is lost, and nothing else.
        }
    }

    /** Waits until a delta is there or the reply is complete. */
    private void advance() {
        attempt.exchange().startWaiting(waiting());
        try {
            while (deltas.isEmpty() && !complete) {
                step();
            }
        } finally {
            attempt.exchange().stopWaiting();
        }
    }

    private Exchange.WaitingFor waiting() {
        if (deltas.mayHaveEnded()) {
            return mayBringUsage() ? Exchange.WaitingFor.USAGE : Exchange.WaitingFor.END_OF_REPLY;
        }
        return begun || deltas.hasActivity() ? Exchange.WaitingFor.NEXT_DELTA : Exchange.WaitingFor.FIRST_DELTA;
    }

    private boolean mayBringUsage() {
        return expected.expectsUsage()
                && deltas.usage().equals(Usage.NONE)
                && !profile.hasLearned(Fact.NO_USAGE_AFTER_FINISH);
    }

    private void step() {
        attempt.cancellation().throwIfCancelled();
        if (failure != null) {
            throw failure;
        }
        try {
            if (!events.read()) {
                atEnd = true;
                endOfBody();
            } else if (form == Form.UNKNOWN) {
                begin();
            } else {
                readEvents();
            }
        } catch (IOException e) {
            broken(e);
        } catch (UpstreamException e) {
            fail(e);
        } catch (RuntimeException e) { // a cancelled read fails in many ways, and none of them may pass for ours
            broken(e);
        }
    }

    private void begin() throws IOException {
        switch (events.firstByte()) {
            case -1 -> {}
            case '<' -> throw UpstreamErrors.providerFailed("sent HTML or XML instead of a chat completion", null);
            case '{', '[' -> {
                form = Form.JSON;
                events.readAll(longest());
                atEnd = true;
                parse();
                if (!deltas.isFinished()) {
                    end.checkWithoutFinishReason();
                }
                complete();
            }
            default -> {
                form = Form.EVENTS;
                readEvents();
            }
        }
    }

    private void readEvents() {
        boolean any = false;
        while (!complete && events.next()) {
            any |= readEvent();
        }
        deltas.flush();
        if (any && waiting() != Exchange.WaitingFor.FIRST_DELTA) {
            attempt.exchange().startWaiting(waiting());
        }
    }

    /** Reads an event; whether it is more than a sign that the connection is alive. */
    private boolean readEvent() {
        if (events.isErrorEvent()) {
            chunks.readErrorEvent(events.data(), events.offset(), events.length());
            return true;
        }
        switch (EventDataKind.of(events.data(), events.offset(), events.length())) {
            case JSON -> parse();
            case DONE -> done();
            case KEEP_ALIVE -> {
                return false;
            }
            case OTHER -> throw UpstreamErrors.notACompletion(null);
        }
        return true;
    }

    private void done() {
        if (!deltas.isFinished()) {
            if (chunks.endsWithUnknownObject()) {
                throw UpstreamErrors.incompleteReply();
            }
            end.checkWithoutFinishReason();
        }
        complete();
    }

    private void parse() {
        try {
            chunks.read(events.data(), events.offset(), events.length());
        } catch (IOException e) {
            throw UpstreamErrors.notACompletion(e);
        }
    }

    private void complete() {
        deltas.complete();
        end.check();
        complete = true;
        attempt.succeeded();
    }

    private void endOfBody() {
        if (form == Form.EVENTS && events.last()) {
            readEvent();
        }
        if (!complete && deltas.isFinished()) {
            complete();
        } else if (!complete) {
            throw UpstreamErrors.incompleteReply();
        }
    }

    /** The connection broke, or was cut for its silence: after the finish reason that costs nothing but the usage. */
    private void broken(Exception thrown) {
        attempt.cancellation().throwIfCancelled();
        if (attempt.exchange().timedOutWaitingForUsage()) {
            profile.learn(Fact.NO_USAGE_AFTER_FINISH);
        }
        try {
            if (!deltas.mayHaveEnded() || !end.mayBeComplete()) {
                UpstreamException why = attempt.failureFor(thrown);
                attempt.logFailure(thrown);
                throw why;
            }
            complete();
        } catch (UpstreamException e) {
            fail(e);
        }
    }

    /** Keeps the failure until what came before it is taken. */
    private void fail(UpstreamException why) {
        attempt.cancellation().throwIfCancelled();
        attempt.failed(why);
        deltas.complete();
        failure = why;
        if (deltas.isEmpty()) {
            throw why;
        }
    }
}
