package org.o1api.upstream;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;

/** A reply that comes in over HTTP, read by the thread that takes its deltas. */
final class HttpCall implements Call {
    private static final int LONGEST_REPLY = 10 * 1024 * 1024;
    /** What may follow the end of a reply and is read for the sake of the connection. */
    private static final int LONGEST_REST = 64 * 1024;

    private enum Form {
        UNKNOWN,
        EVENTS,
        JSON
    }

    private final ProviderProfile profile;
    private final Response response;
    private final Attempt attempt;
    private final EventReader events;
    private final DeltaQueue deltas;
    private final ChunkReader chunks;
    private Form form = Form.UNKNOWN;
    private boolean begun;
    private boolean complete;
    private boolean atEnd;
    private boolean closed;
    private @Nullable UpstreamException failure;

    HttpCall(ProviderProfile profile, Response response, Attempt attempt, Failures failures) {
        this.profile = profile;
        this.response = response;
        this.attempt = attempt;
        this.events = new EventReader(
                (InputStream) response.getEntity(), profile.replies().event());
        this.deltas = new DeltaQueue(failures);
        this.chunks = new ChunkReader(deltas);
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
        return deltas.finishReason();
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
        if (deltas.finished()) {
            return Exchange.Wait.REST;
        }
        return begun ? Exchange.Wait.NEXT_DELTA : Exchange.Wait.FIRST_DELTA;
    }

    private void step() {
        attempt.cancellation().throwIfCancelled();
        if (failure != null) {
            throw failure;
        }
        try {
            if (!events.read()) {
                atEnd = true;
                end();
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
            case '{' -> {
                form = Form.JSON;
                events.whole(LONGEST_REPLY);
                atEnd = true;
                parse();
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
            any = true;
            readEvent();
        }
        deltas.flush();
        if (any && (begun || deltas.finished())) {
            attempt.exchange().waitFor(waiting());
        }
    }

    private void readEvent() {
        if (events.isError()) {
            chunks.readError(events.event(), events.offset(), events.length());
        } else if (isDone()) {
            if (!deltas.finished() && chunks.endsInSomethingElse()) {
                throw incomplete();
            }
            complete();
        } else {
            parse();
        }
    }

    private boolean isDone() {
        byte[] event = events.event();
        int offset = events.offset();
        return events.length() >= 6
                && event[offset] == '['
                && event[offset + 1] == 'D'
                && event[offset + 2] == 'O'
                && event[offset + 3] == 'N'
                && event[offset + 4] == 'E'
                && event[offset + 5] == ']';
    }

    private void parse() {
        try {
            chunks.read(events.event(), events.offset(), events.length());
        } catch (IOException e) {
            throw Failures.broken("sent something that is no completion", e);
        }
    }

    private void complete() {
        deltas.seal();
        if (deltas.saysNothing()) {
            throw UpstreamException.nothingSaid();
        }
        complete = true;
        attempt.succeeded();
    }

    private void end() {
        if (form == Form.EVENTS && events.last()) {
            readEvent();
        }
        if (!complete && deltas.finished()) {
            complete();
        } else if (!complete) {
            throw incomplete();
        }
    }

    private static UpstreamException incomplete() {
        return Failures.broken("ended its reply before it was complete", null);
    }

    /** The connection broke, or was cut for its silence: after the finish reason that costs nothing but the usage. */
    private void broken(Exception thrown) {
        attempt.cancellation().throwIfCancelled();
        if (deltas.finished() && !deltas.saysNothing()) {
            deltas.seal();
            complete = true;
            attempt.succeeded();
        } else {
            UpstreamException why = attempt.explain(thrown);
            attempt.report(thrown);
            fail(why);
        }
    }

    /** Keeps the failure until what came before it is taken. */
    private void fail(UpstreamException why) {
        attempt.cancellation().throwIfCancelled();
        attempt.failed(why);
        deltas.seal();
        failure = why;
        if (deltas.isEmpty()) {
            throw why;
        }
    }
}
