package org.o1api.reasoning;

import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.GatewayException;

/** Something that happened to one of several concurrent calls. */
public sealed interface CallEvent {
    /** Which call, as returned by {@link ConcurrentCalls#start}. */
    int index();

    /** The next piece of the reply. */
    record Piece(int index, Delta delta) implements CallEvent {}

    /**
     * The reply has ended: it is complete, or the turn's budget is used up. The last event of the call.
     *
     * @param reason {@link FinishReason#LENGTH} if the budget is used up; then there may have been no piece
     */
    record Ended(int index, FinishReason reason) implements CallEvent {}

    /** The call has failed, possibly after some pieces. The last event of the call. */
    record Failed(int index, GatewayException cause) implements CallEvent {}

    /** The call was cancelled because it had sent nothing for too long. The last event of the call. */
    record Silent(int index) implements CallEvent {}
}
