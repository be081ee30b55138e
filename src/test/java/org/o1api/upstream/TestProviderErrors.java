package org.o1api.upstream;

import org.o1api.model.ErrorCode;

/** Provider errors for tests of other packages. */
public final class TestProviderErrors {
    private TestProviderErrors() {}

    /** The request exceeds the model's context. */
    public static UpstreamException contextExceeded() {
        return new UpstreamException(
                ErrorCode.UPSTREAM_REFUSED,
                "The prompt has 8300 tokens, the context 8192.",
                false,
                new UpstreamException.ProviderError(400, null, null, ContextLength.CODE, ProviderErrorBody.EMPTY),
                null);
    }

    /** The request exceeds the size that the provider accepts. */
    public static UpstreamException requestTooLarge() {
        return new UpstreamException(ErrorCode.UPSTREAM_REQUEST_TOO_LARGE, "Too large.", false, null);
    }
}
