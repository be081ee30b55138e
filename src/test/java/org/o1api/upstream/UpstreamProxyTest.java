package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Calls through a proxy. A fake upstream acts as the proxy, and sees the requests that a proxy would forward. */
class UpstreamProxyTest {
    private static final URI PROVIDER_URL = URI.create("http://provider.invalid/v1/chat/completions?a=b");

    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void requestsTheProvidersUrlFromTheProxy() {
        FakeUpstream proxy = fixture.fake(FakeUpstream.answering("by proxy"));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(PROVIDER_URL).proxy(URI.create("http://127.0.0.1:" + proxy.port())));
        try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("by proxy");
        }
        assertThat(proxy.request(0).target()).isEqualTo(PROVIDER_URL.toString());
        assertThat(proxy.request(0).headers()).doesNotContainKey("Proxy-Authorization");
    }

    @Test
    void sendsProxyCredentialsPreemptively() {
        FakeUpstream proxy = fixture.fake(FakeUpstream.answering("one", "two"));
        HttpUpstream upstream = fixture.upstream(settings ->
                settings.url(PROVIDER_URL).proxy(URI.create("http://user:pass%20word@127.0.0.1:" + proxy.port())));
        for (int i = 0; i < 2; i++) {
            try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
                fixture.text(call);
            }
            assertThat(proxy.request(i).headers()).containsEntry("Proxy-Authorization", "Basic dXNlcjpwYXNzIHdvcmQ=");
        }
        assertThat(proxy.connections()).isEqualTo(1);
    }

    @Test
    void reportsThatTheProxyRejectedTheCredentials() {
        FakeUpstream proxy = fixture.fake(
                FakeUpstream.dispatching(request -> Script.error(407, "no", "Proxy-Authenticate: Basic realm=\"x\"")));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(PROVIDER_URL).proxy(URI.create("http://127.0.0.1:" + proxy.port())));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> upstream.open(fixture.request(), new CallContext(new Cancellation()))
                        .close());
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_MISCONFIGURED);
        assertThat(failure.getMessage()).startsWith("The proxy in front of the model provider");
    }

    @Test
    void tunnelsToATlsProvider() {
        FakeUpstream proxy = fixture.fake(FakeUpstream.dispatching(request -> Script.error(403, "no")));
        HttpUpstream upstream =
                fixture.upstream(settings -> settings.url(URI.create("https://provider.invalid/v1/chat/completions"))
                        .proxy(URI.create("http://127.0.0.1:" + proxy.port()))
                        .attempts(1));
        UpstreamException failure = catchThrowableOfType(
                UpstreamException.class,
                () -> upstream.open(fixture.request(), new CallContext(new Cancellation()))
                        .close());
        assertThat(proxy.request(0).method()).isEqualTo("CONNECT");
        assertThat(proxy.request(0).target()).isEqualTo("provider.invalid:443");
        assertThat(failure.code()).isEqualTo(ErrorCode.UPSTREAM_MISCONFIGURED);
    }
}
