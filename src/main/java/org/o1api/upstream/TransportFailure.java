package org.o1api.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.NoHttpResponseException;

/** The kind of a failure below HTTP. */
enum TransportFailure {
    /** The connection was not established in time. */
    TIMEOUT("did not accept a connection in time"),
    UNKNOWN_HOST("has a host name that cannot be resolved"),
    UNREACHABLE("cannot be reached"),
    TLS("cannot be reached over TLS"),
    CONNECTION_LOST("broke the connection or sent invalid data"),
    /** Not a network failure: probably a defect in the gateway. */
    UNEXPECTED("could not be called: internal error");

    private final String description;

    TransportFailure(String description) {
        this.description = description;
    }

    /** What happened, as a predicate of the upstream's name, for the log. */
    String description() {
        return description;
    }

    static TransportFailure of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) { // includes HttpClient's ConnectTimeoutException
                return TIMEOUT;
            } else if (cause instanceof UnknownHostException) {
                return UNKNOWN_HOST;
            } else if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
                return UNREACHABLE;
            } else if (cause instanceof SSLException) {
                return TLS;
            } else if (cause instanceof IOException) {
                return CONNECTION_LOST;
            }
        }
        return UNEXPECTED;
    }

    /**
     * Throws the {@link Error} in a chain of causes. Jersey wraps errors in exceptions, which would be retried and counted against
     * the upstream.
     */
    static void rethrowError(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Error error) {
                throw error;
            }
        }
    }

    /** Whether the connection ended without a reply. */
    static boolean isDeadConnection(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoHttpResponseException || cause instanceof SocketException) {
                return true;
            }
        }
        return false;
    }
}
