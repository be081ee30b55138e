package org.o1api.upstream;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.NoHttpResponseException;

/** What failed below HTTP. */
enum TransportFailure {
    /** A connection took too long. */
    TIMEOUT("did not accept a connection in time"),
    UNKNOWN_HOST("has a host name that cannot be resolved"),
    UNREACHABLE("cannot be reached"),
    TLS("cannot be reached over TLS"),
    CONNECTION_LOST("closed the connection unexpectedly"),
    /** No failure of the network: probably a defect. */
    UNEXPECTED("could not be called: internal error");

    private final String description;

    TransportFailure(String words) {
        this.description = words;
    }

    /** What happened to the upstream, for the log. */
    String description() {
        return description;
    }

    static TransportFailure of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) { // HttpClient's ConnectTimeoutException is one
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

    /** Throws the Error in a chain of causes: Jersey wraps one into a failure, which would be retried, and count against the upstream. */
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
