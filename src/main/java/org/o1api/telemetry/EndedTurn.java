package org.o1api.telemetry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnInfo;
import org.o1api.model.TurnLedger;
import org.o1api.model.TurnSummary;

/**
 * A turn that has ended. Either {@code finishReason} or {@code failure} is set.
 *
 * @param upstreams the names of the preset's upstreams, separated by commas
 * @param strategy the name of the strategy
 * @param summary how the turn was answered; null: it failed or was replayed
 * @param ledger the turn's calls; a replayed turn has none
 * @param time from the start of the turn until its answer was stored or it failed
 */
public record EndedTurn(
        TurnInfo info,
        String upstreams,
        String strategy,
        @Nullable TurnSummary summary,
        TurnLedger ledger,
        Duration time,
        @Nullable FinishReason finishReason,
        @Nullable ErrorCode failure) {}
