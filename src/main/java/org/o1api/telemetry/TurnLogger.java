package org.o1api.telemetry;

import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import org.o1api.model.EndedBy;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnInfo;
import org.o1api.model.TurnLedger;
import org.o1api.model.TurnSummary;
import org.o1api.model.Usage;

/**
 * Logs one line for each turn. It contains neither keys nor prompts nor answers, nor the message of a failure, which may quote the
 * provider, which may quote the prompt.
 */
public final class TurnLogger implements TurnObserver {
    private static final System.Logger LOG = System.getLogger(TurnLogger.class.getName());

    private final @Nullable String currency;

    /**
     * Creates a logger.
     *
     * @param currency the unit of costs; null: not configured
     */
    public TurnLogger(@Nullable String currency) {
        this.currency = currency;
    }

    @Override
    public void turnEnded(EndedTurn turn) {
        ErrorCode failure = turn.failure();
        FinishReason reason = turn.finishReason();
        if (failure != null) {
            Level level = failure == ErrorCode.CLIENT_DISCONNECTED ? Level.DEBUG : Level.WARNING;
            if (LOG.isLoggable(level)) {
                LOG.log(
                        level,
                        "turn failed: {0} status={1} code={2} {3} ms={4}",
                        identity(turn),
                        String.valueOf(failure.status()),
                        failure.wireName(),
                        totals(turn.ledger()),
                        millis(turn));
            }
        } else if (LOG.isLoggable(Level.INFO)) {
            LOG.log(
                    Level.INFO,
                    "turn done: {0} {1} ms={2} finish={3}{4}",
                    identity(turn),
                    totals(turn.ledger()),
                    millis(turn),
                    wireName(reason),
                    result(turn.summary()));
        }
    }

    private static @Nullable String wireName(@Nullable FinishReason reason) {
        return reason == null ? null : reason.wireName();
    }

    private static String identity(EndedTurn turn) {
        TurnInfo info = turn.info();
        return "request=" + info.requestId() + " caller=" + info.caller() + " model=" + info.preset() + " upstream="
                + turn.upstreams() + " strategy=" + turn.strategy();
    }

    /** How the turn was answered; empty if it was replayed. */
    private static String result(@Nullable TurnSummary summary) {
        if (summary == null) {
            return "";
        }
        EndedBy endedBy = summary.endedBy();
        return (summary.route() == null ? "" : " route=" + summary.route())
                + (endedBy == null ? "" : " ended_by=" + endedBy.wireName());
    }

    private String totals(TurnLedger ledger) {
        Usage total = ledger.totalUsage();
        return "calls=" + ledger.calls() + " attempts=" + ledger.attempts() + " tokens=" + total.inputTokens() + "+"
                + total.outputTokens() + cost(ledger);
    }

    /** The cost, unless it is unknown or there was no call. */
    private String cost(TurnLedger ledger) {
        BigDecimal cost = ledger.calls() == 0 ? null : ledger.cost();
        if (cost == null) {
            return "";
        }
        String amount = cost.signum() == 0 ? "0" : cost.stripTrailingZeros().toPlainString();
        return " cost=" + amount + (currency == null ? "" : " currency=" + currency);
    }

    private static String millis(EndedTurn turn) {
        return String.valueOf(turn.time().toMillis());
    }
}
