package org.o1api.upstream;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.client.WebTarget;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hc.client5.http.auth.AuthCache;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicAuthCache;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.apache5.connector.Apache5ClientProperties;
import org.glassfish.jersey.apache5.connector.Apache5ConnectionClosingStrategy;
import org.glassfish.jersey.apache5.connector.Apache5ConnectorProvider;
import org.glassfish.jersey.apache5.connector.Apache5HttpClientBuilderConfigurator;
import org.glassfish.jersey.client.ClientConfig;
import org.glassfish.jersey.client.ClientProperties;
import org.glassfish.jersey.client.Initializable;
import org.glassfish.jersey.client.RequestEntityProcessing;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client of one upstream: sends a POST and returns the response as soon as its headers have arrived. Not final, so that
 * tests can replace it.
 */
class Transport implements AutoCloseable {
    /**
     * The exchange of the attempt that this thread is making: HttpClient's interceptors and connection manager run on this thread
     * and have no other access to it.
     */
    private static final ThreadLocal<Exchange> CURRENT = new ThreadLocal<>();

    private final Client client;
    private final WebTarget target;
    /** Sent with every request, by case-insensitive name. */
    private final Map<String, String> headers;

    private final UpstreamConnectionPool connections;

    Transport(UpstreamSettings settings) {
        connections = new UpstreamConnectionPool(
                settings, this::onConnecting, () -> current().isCancelled());
        client = ClientBuilder.newClient(config(settings));
        target = client.target(settings.url());
        headers = headers(settings);
    }

    /**
     * Sends a request body. Whatever exception is thrown, {@link Exchange#abortReason} tells whether the gateway itself was the
     * cause.
     *
     * @param moreHeaders sent with this request only; without effect if the configuration has a header of the same name
     */
    Response post(byte[] body, Map<String, String> moreHeaders, Exchange exchange) {
        Invocation.Builder request = target.request();
        headers.forEach(request::header);
        moreHeaders.forEach((name, value) -> {
            if (!headers.containsKey(name)) {
                request.header(name, value);
            }
        });
        CURRENT.set(exchange);
        try {
            return request.post(Entity.entity(body, MediaType.APPLICATION_JSON_TYPE));
        } finally {
            CURRENT.remove();
        }
    }

    /** The body of a response, decompressed if necessary. */
    static DecompressingInputStream body(Response response) {
        return new DecompressingInputStream(
                (InputStream) response.getEntity(), response.getHeaderString(HttpHeaders.CONTENT_ENCODING));
    }

    /** Initializes everything that needs no connection. */
    void prepare() {
        if (client instanceof Initializable<?> initializable) {
            initializable.preInitialize();
        }
    }

    @Override
    public void close() {
        connections.allowClose();
        client.close();
    }

    private static Map<String, String> headers(UpstreamSettings settings) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.put(HttpHeaders.USER_AGENT, "o1-api");
        all.put(HttpHeaders.ACCEPT, "text/event-stream, application/json");
        all.put(HttpHeaders.ACCEPT_ENCODING, "identity"); // a compressor would delay events
        if (settings.apiKey() != null && !settings.apiKey().isEmpty()) {
            all.put(HttpHeaders.AUTHORIZATION, "Bearer " + settings.apiKey());
        }
        all.putAll(settings.headers());
        return Collections.unmodifiableMap(all);
    }

    private ClientConfig config(UpstreamSettings settings) {
        RequestConfig requests = RequestConfig.custom()
                .setContentCompressionEnabled(false)
                .setRedirectsEnabled(false)
                .setConnectionRequestTimeout(Timeout.ofDays(1)) // Exchange enforces the timeouts
                .build();
        Apache5ConnectionClosingStrategy abort = (config, request, response, stream) -> request.abort();
        Apache5HttpClientBuilderConfigurator configurator = builder -> configure(builder, settings.proxy());
        return new ClientConfig()
                .connectorProvider(new Apache5ConnectorProvider())
                .property(CommonProperties.PROVIDER_DEFAULT_DISABLE, "ALL")
                .property(CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true)
                .property(CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true)
                .property(ClientProperties.REQUEST_ENTITY_PROCESSING, RequestEntityProcessing.BUFFERED)
                .property(ClientProperties.FOLLOW_REDIRECTS, false)
                .property(Apache5ClientProperties.CONNECTION_MANAGER, connections)
                .property(Apache5ClientProperties.REQUEST_CONFIG, requests)
                .property(Apache5ClientProperties.DISABLE_COOKIES, true)
                .property(Apache5ClientProperties.CONNECTION_CLOSING_STRATEGY, abort)
                .register(configurator);
    }

    private HttpClientBuilder configure(HttpClientBuilder builder, @Nullable URI proxy) {
        builder.disableAutomaticRetries()
                .addExecInterceptorFirst("sending", this::registerRequest)
                .addExecInterceptorLast("connected", this::onConnected);
        if (proxy != null) {
            HttpHost host = new HttpHost(proxy.getScheme(), proxy.getHost(), proxy.getPort());
            builder.setProxy(host);
            if (proxy.getUserInfo() != null) {
                useCredentials(builder, host, proxy.getUserInfo());
            }
        }
        return builder;
    }

    /**
     * Sends the proxy's credentials preemptively: otherwise the proxy would reject each call once and the body would be sent twice.
     */
    private static void useCredentials(HttpClientBuilder builder, HttpHost proxy, String userInfo) {
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        String password = colon < 0 ? "" : userInfo.substring(colon + 1);
        UsernamePasswordCredentials credentials = new UsernamePasswordCredentials(user, password.toCharArray());
        BasicCredentialsProvider provider = new BasicCredentialsProvider();
        provider.setCredentials(new AuthScope(proxy), credentials);
        builder.setDefaultCredentialsProvider(provider);
        builder.addExecInterceptorFirst("proxy credentials", (request, scope, chain) -> {
            BasicScheme scheme = new BasicScheme();
            scheme.initPreemptive(credentials);
            AuthCache cache = new BasicAuthCache();
            cache.put(proxy, scheme);
            scope.clientContext.setAuthCache(cache);
            return chain.proceed(request, scope);
        });
    }

    private Exchange current() {
        return Objects.requireNonNull(CURRENT.get(), "a request outside of post()");
    }

    private ClassicHttpResponse registerRequest(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        current().setRequest((HttpUriRequestBase) scope.originalRequest);
        return chain.proceed(request, scope);
    }

    private void onConnecting() {
        current().startWaiting(Exchange.WaitingFor.CONNECTION);
    }

    private ClassicHttpResponse onConnected(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        current().connected(scope.execRuntime.isConnectionReusable());
        return chain.proceed(request, scope);
    }
}
