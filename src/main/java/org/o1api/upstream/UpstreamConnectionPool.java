package org.o1api.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestWriterFactory;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The pooled connections to one upstream. Their maximum is the upstream's {@code concurrency}. */
final class UpstreamConnectionPool extends PoolingHttpClientConnectionManager {
    private static final Http1Config HTTP1_CONFIG = Http1Config.custom()
            .setBufferSize(16 * 1024)
            .setMaxLineLength(16 * 1024)
            .setMaxHeaderCount(200)
            .build();

    private final Runnable beforeConnect;
    private volatile boolean closeAllowed;

    /**
     * Creates the pool.
     *
     * @param beforeConnect runs before a connection is made, on the thread of the call that needs it
     * @param isCancelled whether that call has been cancelled; asked on the same thread
     */
    UpstreamConnectionPool(UpstreamSettings settings, Runnable beforeConnect, BooleanSupplier isCancelled) {
        super(
                new DefaultHttpClientConnectionOperator(
                        null,
                        null,
                        RegistryBuilder.<TlsSocketStrategy>create()
                                .register(URIScheme.HTTPS.id, tls(settings.tls()))
                                .build()),
                PoolConcurrencyPolicy.STRICT,
                PoolReusePolicy.LIFO,
                TimeValue.ofMinutes(10),
                new Factory(isCancelled));
        this.beforeConnect = beforeConnect;
        setMaxTotal(settings.limits().concurrency());
        setDefaultMaxPerRoute(settings.limits().concurrency());
        setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build());
        setDefaultConnectionConfig(ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(settings.timeouts().connect().toMillis(), TimeUnit.MILLISECONDS))
                .setTimeToLive(TimeValue.ofMinutes(10))
                // With the default of 2 s, half of the calls failed that used a connection just closed by the server.
                .setValidateAfterInactivity(TimeValue.ofMilliseconds(200))
                .build());
    }

    private static TlsSocketStrategy tls(@Nullable SSLContext configured) {
        return configured == null ? DefaultClientTlsStrategy.createDefault() : new DefaultClientTlsStrategy(configured);
    }

    /**
     * Ignored unless {@link #allowClose} was called: HttpClient closes its connection manager when one call throws an {@link
     * Error}, and the upstream must survive that.
     */
    @Override
    public void close(CloseMode mode) {
        if (closeAllowed) {
            super.close(mode);
        }
    }

    /** Lets {@link #close} close the connections. */
    void allowClose() {
        closeAllowed = true;
    }

    @Override
    public void connect(ConnectionEndpoint endpoint, TimeValue timeout, HttpContext context) throws IOException {
        beforeConnect.run();
        super.connect(endpoint, timeout, context);
    }

    private static final class Factory implements HttpConnectionFactory<ManagedHttpClientConnection> {
        private final DefaultHttpRequestWriterFactory writers = new DefaultHttpRequestWriterFactory(HTTP1_CONFIG);
        private final DefaultHttpResponseParserFactory parsers = new DefaultHttpResponseParserFactory(HTTP1_CONFIG);
        private final BooleanSupplier isCancelled;

        Factory(BooleanSupplier isCancelled) {
            this.isCancelled = isCancelled;
        }

        @Override
        public ManagedHttpClientConnection createConnection(Socket socket) throws IOException {
            Connection connection = new Connection(writers, parsers, isCancelled);
            if (socket != null) {
                connection.bind(socket);
            }
            return connection;
        }
    }

    private static final class Connection extends DefaultManagedHttpClientConnection {
        private final BooleanSupplier isCancelled;
        private @Nullable SessionInputBuffer input;
        private volatile boolean shutDown;

        Connection(
                DefaultHttpRequestWriterFactory writers,
                DefaultHttpResponseParserFactory parsers,
                BooleanSupplier isCancelled) {
            super("upstream", null, null, HTTP1_CONFIG, null, null, writers, parsers);
            this.isCancelled = isCancelled;
        }

        @Override
        public void close() throws IOException {
            shutDown = true;
            super.close();
        }

        @Override
        public void close(CloseMode mode) {
            shutDown = true;
            super.close(mode);
        }

        /**
         * Closes the socket if the call was cancelled before: then nothing else does. The cancellation has closed this connection without a
         * socket, or an earlier one in whose place the pool has created this one. A later cancellation closes the socket.
         */
        @Override
        public void bind(Socket socket) throws IOException {
            super.bind(socket);
            if (shutDown || isCancelled.getAsBoolean()) {
                socket.close();
                throw new SocketException("the connection was closed while it was being opened");
            }
        }

        @Override
        protected InputStream createContentInputStream(long length, SessionInputBuffer buffer, InputStream socket) {
            input = buffer;
            return length == ContentLengthStrategy.CHUNKED
                    ? new CoalescingChunkedInputStream(buffer, socket)
                    : super.createContentInputStream(length, buffer, socket);
        }

        /** Whether the connection can be reused; checked when a call ends. */
        @Override
        public boolean isConsistent() {
            return super.isConsistent() && !hasUnexpectedBytes();
        }

        /** Checked before a pooled connection is reused, unless its last call ended just now. */
        @Override
        public boolean isStale() throws IOException {
            return hasUnexpectedBytes() || super.isStale();
        }

        @Override
        public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
            if (hasUnexpectedBytes()) { // arrived while the connection was idle
                throw new SocketException("unexpected bytes on an idle connection");
            }
            super.sendRequestHeader(request);
        }

        /**
         * Whether bytes have arrived that belong to no reply. They would be read as the reply to the next call, which may be
         * another caller's.
         */
        private boolean hasUnexpectedBytes() {
            Socket socket = getSocket();
            try {
                return (input != null && input.length() > 0)
                        || (socket != null && socket.getInputStream().available() > 0);
            } catch (IOException e) {
                return true; // closed
            }
        }
    }
}
