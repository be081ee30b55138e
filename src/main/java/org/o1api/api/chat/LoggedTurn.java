package org.o1api.api.chat;

import java.lang.System.Logger.Level;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ErrorMapper;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;
import org.o1api.model.TurnLedger;
import org.o1api.model.Usage;
import org.o1api.turn.Turn;

/** Runs a turn and logs one line about it, which contains neither keys nor prompts nor answers. */
final class LoggedTurn {
    private static final System.Logger LOG = System.getLogger(LoggedTurn.class.getName());

    private final Turn turn;
    private final Object requestId;

    LoggedTurn(Turn turn, Object requestId) {
        this.turn = turn;
        this.requestId = requestId;
    }

    /**
     * Runs the turn.
     *
     * @return the failure; null if the turn succeeded
     */
    @Nullable
    GatewayException run(Supplier<FinishReason> work) {
        long startNanos = System.nanoTime();
        GatewayException failure;
        try {
            FinishReason reason = work.get();
            LOG.log(
                    Level.INFO,
                    "turn done: {0} {1} ms={2} finish={3}",
                    identity(),
                    totals(),
                    millisSince(startNanos),
                    reason.wireName());
            return null;
        } catch (GatewayException e) {
            failure = e;
        } catch (Throwable e) { // also an Error: the stream has to be ended
            failure = ErrorMapper.unexpected(e);
        }
        LOG.log(
                failure.code() == ErrorCode.CLIENT_DISCONNECTED ? Level.DEBUG : Level.WARNING,
                "turn failed: {0} status={1} code={2} {3} ms={4}",
                identity(),
                String.valueOf(failure.code().status()),
                failure.code().wireName(),
                totals(),
                millisSince(startNanos)); // not the message, which may quote the provider, which may quote the prompt
        return failure;
    }

    private String identity() {
        return "request=" + requestId + " caller=" + turn.caller() + " model="
                + turn.preset().name() + " upstream=" + turn.preset().upstreamNames();
    }

    /** The totals of the ledger. A replayed turn uses nothing. */
    private String totals() {
        TurnLedger ledger = turn.ledger();
        Usage total = ledger.totalUsage();
        return "calls=" + ledger.calls() + " attempts=" + ledger.attempts() + " tokens=" + total.inputTokens() + "+"
                + total.outputTokens();
    }

    private static String millisSince(long startNanos) {
        return String.valueOf((System.nanoTime() - startNanos) / 1_000_000);
    }
}
