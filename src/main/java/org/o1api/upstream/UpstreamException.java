package org.o1api.upstream;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A call that failed. */
public final class UpstreamException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final boolean retryable;
    private final Told told;
    private final boolean saidNothing;

    /**
     * What the upstream said of its failure beside the message.
     *
     * @param status the HTTP status that it answered, 0 if it answered none
     * @param retryAfter how long it asks to wait
     * @param param the request's field that it names
     * @param code its own word for the failure
     * @param body the error itself
     */
    record Told(
            int status,
            @Nullable Duration retryAfter,
            @Nullable String param,
            @Nullable String code,
            ErrorBody body) implements Serializable {
        private static final long serialVersionUID = 1;

        static final Told NOTHING = of(0, null);

        static Told of(int status, @Nullable Duration retryAfter) {
            return new Told(status, retryAfter, null, null, ErrorBody.EMPTY);
        }
    }

    public UpstreamException(ErrorCode code, String message, boolean retryable, @Nullable Throwable cause) {
        this(code, message, retryable, Told.NOTHING, cause);
    }

    UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable Duration retryAfter,
            int status,
            @Nullable Throwable cause) {
        this(code, message, retryable, Told.of(status, retryAfter), cause);
    }

    UpstreamException(ErrorCode code, String message, boolean retryable, Told told, @Nullable Throwable cause) {
        this(code, message, retryable, told, false, cause);
    }

    private UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            Told told,
            boolean saidNothing,
            @Nullable Throwable cause) {
        super(code, message, cause);
        this.retryable = retryable;
        this.told = told;
        this.saidNothing = saidNothing;
    }

    /** A reply that was complete, and empty. */
    public static UpstreamException nothingSaid() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED,
                "The model's provider answered with nothing.",
                true,
                Told.NOTHING,
                true,
                null);
    }

    /** Whether the same call may succeed when it is made again. */
    public boolean retryable() {
        return retryable;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return told.retryAfter();
    }

    @Override
    public @Nullable String param() {
        return told.param();
    }

    @Override
    public String wireCode() {
        return told.code() == null ? super.wireCode() : told.code();
    }

    /** Whether the request is longer than the model's context, or than the provider takes at once. */
    public boolean exceedsContext() {
        return ContextLength.CODE.equals(told.code()) || code() == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE;
    }

    /** Whether the provider could not read what its model wrote as the JSON that was requested. */
    public boolean rejectsJson() {
        return GenerationFailure.of(body()) == GenerationFailure.JSON;
    }

    /** Whether the reply was complete, and empty: that is the model's doing. */
    public boolean saidNothing() {
        return saidNothing;
    }

    /** The HTTP status that the upstream answered, or that its error in a reply stands for; 0 if there is none. */
    public int status() {
        return told.status();
    }

    /** What the upstream said, for whoever changes the request; empty if it said nothing. Never for a log or a client. */
    ErrorBody body() {
        return told.body();
    }
}
