package org.o1api.upstream;

import java.net.SocketException;
import java.net.URI;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FailureLog;

/**
 * Logs why calls of one upstream fail, at most one line a minute for each kind of failure. Lines contain host names, ports and
 * causes, never a header, a key, or text of a request or a reply.
 */
final class UpstreamLog {
    private static final System.Logger LOG = System.getLogger(UpstreamLog.class.getName());

    private final FailureLog log;
    private final String upstream;

    UpstreamLog(UpstreamSettings settings) {
        this(settings, new FailureLog(LOG));
    }

    UpstreamLog(UpstreamSettings settings, FailureLog log) {
        this.log = log;
        URI proxy = settings.proxy();
        upstream = "upstream " + settings.name() + " (" + address(settings.url())
                + (proxy == null ? "" : " through the proxy " + address(proxy)) + ") ";
    }

    /** Host and port only: the rest of a URL may contain secrets. */
    private static String address(URI url) {
        int port = url.getPort() >= 0 ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
        return url.getHost() + ":" + port;
    }

    /** An attempt failed below HTTP. */
    void transportFailed(Throwable thrown) {
        TransportFailure kind = TransportFailure.of(thrown);
        log.warning(kind.name(), upstream + kind.description() + ": " + cause(kind, thrown));
    }

    /** The gateway ended an attempt whose connection was not open in time. */
    void connectTimedOut(UpstreamException timeout) {
        log.warning(
                TransportFailure.TIMEOUT.name(),
                upstream + TransportFailure.TIMEOUT.description() + ": " + timeout.getMessage());
    }

    /**
     * The provider rejects the gateway itself.
     *
     * @param code the provider's error code, if it is a plain word
     */
    void misconfigured(int status, @Nullable String code) {
        log.warning(
                "status " + status,
                upstream + "rejects the gateway's requests; check its url, key, model and proxy: status " + status
                        + (code == null ? "" : ", code " + code));
    }

    /** A defect in the gateway's own timeout checks. */
    void timeoutCheckFailed(Throwable thrown) {
        log.error("limits", upstream + "internal error while checking timeouts; the call was cancelled", thrown);
    }

    private static String cause(TransportFailure kind, Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; root.getCause() != null && depth < 100; depth++) {
            root = root.getCause();
        }
        boolean isMessageSafe = root instanceof SocketException
                || root instanceof ConnectionClosedException
                || root instanceof NoHttpResponseException;
        return switch (kind) {
            case TIMEOUT, UNKNOWN_HOST, UNREACHABLE, TLS -> FailureLog.rootCause(thrown);
            case CONNECTION_LOST -> isMessageSafe ? FailureLog.rootCause(thrown) : location(root);
            case UNEXPECTED -> location(root);
        };
    }

    /** Class and source line only: the message may quote a header or a reply. */
    private static String location(Throwable root) {
        StackTraceElement[] frames = root.getStackTrace();
        return root.getClass().getName() + (frames.length == 0 ? "" : " at " + frames[0]);
    }
}
