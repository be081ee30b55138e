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
    private final ProviderError error;
    private final boolean emptyReply;

    /**
     * What the upstream said of its failure beside the message.
     *
     * @param status the HTTP status that it answered, 0 if it answered none
     * @param retryAfter how long it asks to wait
     * @param param the request's field that it names
     * @param code its own word for the failure
     * @param body the error itself
     */
    record ProviderError(
            int status,
            @Nullable Duration retryAfter,
            @Nullable String param,
            @Nullable String code,
            ProviderErrorBody body)
            implements Serializable {
        private static final long serialVersionUID = 1;

        static final ProviderError NONE = of(0, null);

        static ProviderError of(int status, @Nullable Duration retryAfter) {
            return new ProviderError(status, retryAfter, null, null, ProviderErrorBody.EMPTY);
        }
    }

    public UpstreamException(ErrorCode code, String message, boolean retryable, @Nullable Throwable cause) {
        this(code, message, retryable, ProviderError.NONE, cause);
    }

    UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            @Nullable Duration retryAfter,
            int status,
            @Nullable Throwable cause) {
        this(code, message, retryable, ProviderError.of(status, retryAfter), cause);
    }

    UpstreamException(
            ErrorCode code, String message, boolean retryable, ProviderError error, @Nullable Throwable cause) {
        this(code, message, retryable, error, false, cause);
    }

    private UpstreamException(
            ErrorCode code,
            String message,
            boolean retryable,
            ProviderError error,
            boolean emptyReply,
            @Nullable Throwable cause) {
        super(code, message, cause);
        this.retryable = retryable;
        this.error = error;
        this.emptyReply = emptyReply;
    }

    /** A reply that was complete, and empty. */
    public static UpstreamException emptyReply() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED,
                "The model provider returned an empty reply.",
                true,
                ProviderError.NONE,
                true,
                null);
    }

    /** Whether the same call may succeed when it is made again. */
    public boolean retryable() {
        return retryable;
    }

    @Override
    public @Nullable Duration retryAfter() {
        return error.retryAfter();
    }

    @Override
    public @Nullable String param() {
        return error.param();
    }

    @Override
    public String wireCode() {
        return error.code() == null ? super.wireCode() : error.code();
    }

    /** Whether the request is longer than the model's context, or than the provider takes at once. */
    public boolean exceedsContext() {
        return ContextLength.CODE.equals(error.code()) || code() == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE;
    }

    /** Whether the provider could not read what its model wrote as the JSON that was requested. */
    public boolean failedToGenerateJson() {
        return GenerationFailure.of(errorBody()) == GenerationFailure.JSON;
    }

    /** Whether the reply was complete, and empty: that is the model's doing. */
    public boolean isEmptyReply() {
        return emptyReply;
    }

    /** The HTTP status that the upstream answered, or that its error in a reply stands for; 0 if there is none. */
    public int status() {
        return error.status();
    }

    /** What the upstream said, for whoever changes the request; empty if it said nothing. Never for a log or a client. */
    ProviderErrorBody errorBody() {
        return error.body();
    }
}
