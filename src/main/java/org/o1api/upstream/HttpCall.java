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
    private final Decompression body;
    private final EventReader events;
    private final DeltaQueue deltas;
    private final ChunkReader chunks;
    private final ReplyEnd end;
    private Form form = Form.UNKNOWN;
    private boolean begun;
    private boolean complete;
    private boolean atEnd;
    private boolean closed;
    private @Nullable UpstreamException failure;

    HttpCall(ProviderProfile profile, ExpectedReply expected, Response response, Attempt attempt, Failures failures) {
        this.profile = profile;
        this.expected = expected;
        this.response = response;
        this.attempt = attempt;
        this.body = Transport.body(response);
        this.events = new EventReader(body, profile.replies().event());
        this.deltas = new DeltaQueue(failures, expected.wantsJson(), longest());
        this.chunks = new ChunkReader(deltas);
        this.end = new ReplyEnd(profile, expected, deltas);
    }

    /** Bytes of a reply that is one object, and characters of what a stream says: far above what models write. */
    private int longest() {
        return (int)
                Math.min(Integer.MAX_VALUE, EVENTS_IN_REPLY * profile.replies().event());
    }

    @Override
    public Iterator<Delta> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return await();
            }

            @Override
            public Delta next() {
                if (!await()) {
                    throw new NoSuchElementException("the reply is complete");
                }
                begun = true;
                return deltas.take();
            }
        };
    }

    /** Waits for the next delta, and says whether there is one. */
    boolean await() {
        if (deltas.isEmpty() && !complete) {
            advance();
        }
        return !deltas.isEmpty();
    }

    @Override
    public FinishReason finishReason() {
        return end.reason();
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
            body.end();
            response.close();
        } catch (RuntimeException e) {
            // The connection is gone or back in the pool: nothing is left to be done with it.
        }
    }

    /** Reads to the body's end, which gives the connection back for the next call. */
    private void finishBody() {
        attempt.exchange().waitFor(Exchange.Wait.END);
        try {
            atEnd = events.drain(LONGEST_REST);
        } catch (IOException | RuntimeException e) {
            // The reply is complete: the connection is lost, and nothing else.
        }
    }

    /** Waits until a delta is there or the reply is complete. */
    private void advance() {
        attempt.exchange().waitFor(waiting());
        try {
            while (deltas.isEmpty() && !complete) {
                step();
            }
        } finally {
            attempt.exchange().pause();
        }
    }

    private Exchange.Wait waiting() {
        if (deltas.mayBeOver()) {
            return mayBringUsage() ? Exchange.Wait.USAGE : Exchange.Wait.REST;
        }
        return begun || deltas.isActive() ? Exchange.Wait.NEXT_DELTA : Exchange.Wait.FIRST_DELTA;
    }

    private boolean mayBringUsage() {
        return expected.usage() && deltas.usage().equals(Usage.NONE) && !profile.knows(Fact.SILENT_AFTER_FINISH);
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
        switch (events.first()) {
            case -1 -> {}
            case '<' -> throw Failures.broken("answered with something that is no completion", null);
            case '{', '[' -> {
                form = Form.JSON;
                events.whole(longest());
                atEnd = true;
                parse();
                if (!deltas.finished()) {
                    end.checkWithoutReason();
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
        if (any && waiting() != Exchange.Wait.FIRST_DELTA) {
            attempt.exchange().waitFor(waiting());
        }
    }

    /** Reads an event; whether it is more than a sign that the connection is alive. */
    private boolean readEvent() {
        if (events.isError()) {
            chunks.readError(events.event(), events.offset(), events.length());
            return true;
        }
        switch (EventData.of(events.event(), events.offset(), events.length())) {
            case JSON -> parse();
            case DONE -> done();
            case KEEP_ALIVE -> {
                return false;
            }
            case OTHER -> throw Failures.noCompletion(null);
        }
        return true;
    }

    private void done() {
        if (!deltas.finished()) {
            if (chunks.endsInSomethingElse()) {
                throw Failures.incomplete();
            }
            end.checkWithoutReason();
        }
        complete();
    }

    private void parse() {
        try {
            chunks.read(events.event(), events.offset(), events.length());
        } catch (IOException e) {
            throw Failures.noCompletion(e);
        }
    }

    private void complete() {
        deltas.sealAll();
        end.check();
        complete = true;
        attempt.succeeded();
    }

    private void endOfBody() {
        if (form == Form.EVENTS && events.last()) {
            readEvent();
        }
        if (!complete && deltas.finished()) {
            complete();
        } else if (!complete) {
            throw Failures.incomplete();
        }
    }

    /** The connection broke, or was cut for its silence: after the finish reason that costs nothing but the usage. */
    private void broken(Exception thrown) {
        attempt.cancellation().throwIfCancelled();
        if (attempt.exchange().endedWithoutUsage()) {
            profile.learn(Fact.SILENT_AFTER_FINISH);
        }
        try {
            if (!deltas.mayBeOver() || !end.maySuffice()) {
                UpstreamException why = attempt.explain(thrown);
                attempt.report(thrown);
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
        deltas.sealAll();
        failure = why;
        if (deltas.isEmpty()) {
            throw why;
        }
    }
}
