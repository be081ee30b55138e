package org.o1api.upstream;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;

/** A call to a provider failed. */
public final class UpstreamException extends GatewayException {
    private static final long serialVersionUID = 1;

    private final boolean retryable;
    private final ProviderError error;
    private final boolean emptyReply;

    /**
     * The parts of a provider's error.
     *
     * @param status the HTTP status; 0 if there is none
     * @param retryAfter the wait that the provider asks for
     * @param param the request field that the provider names
     * @param code the provider's own error code
     * @param body the complete error
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

    /** The reply was complete but empty. */
    public static UpstreamException emptyReply() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED,
                "The model provider returned an empty reply.",
                true,
                ProviderError.NONE,
                true,
                null);
    }

    /** Whether the same call may succeed if retried. */
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

    /** Whether the request exceeds the model's context, or the size that the provider accepts. */
    public boolean exceedsContext() {
        return ContextLength.CODE.equals(error.code()) || code() == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE;
    }

    /** Whether the model did not generate the JSON that was requested, and the provider rejected its output. */
    public boolean failedToGenerateJson() {
        return GenerationFailure.of(errorBody()) == GenerationFailure.JSON;
    }

    /** Whether the reply was complete but empty, which is the model's fault and not the provider's. */
    public boolean isEmptyReply() {
        return emptyReply;
    }

    /** The HTTP status of the response, or the one that an error in the reply corresponds to; 0 if there is none. */
    public int status() {
        return error.status();
    }

    /** The provider's error, for adapting the request; empty if there is none. Never logged or sent to a client. */
    ProviderErrorBody errorBody() {
        return error.body();
    }
}
