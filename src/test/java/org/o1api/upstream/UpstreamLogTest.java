package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.Cancellation;
import org.o1api.model.Message;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;
import org.o1api.testing.UnreachableServer;

/** What is logged about failures, and what must never be logged. */
class UpstreamLogTest {
    private static final List<String> SECRETS = List.of("sk-test-key", "hush", "s3cret", "Why?", "k=1");

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final LogCapture log = new LogCapture(UpstreamLog.class);

    @AfterEach
    void close() {
        log.close();
        fixture.close();
    }

    private UpstreamException failure(HttpUpstream upstream) {
        return catchThrowableOfType(UpstreamException.class, () -> {
            try (Call call = upstream.open(
                    new CallRequest("m", List.of(Message.user("Why?")), Map.of()),
                    new CallContext(new Cancellation()))) {
                fixture.text(call);
            }
        });
    }

    private HttpUpstream upstreamAt(URI url) {
        return fixture.upstream(settings ->
                settings.url(url).attempts(1).connect(Duration.ofMillis(300)).headers(Map.of("x-key", "hush-hush")));
    }

    private String onlyLine() {
        assertThat(log.lines()).hasSize(1);
        String line = log.lines().get(0);
        assertThat(SECRETS).noneMatch(line::contains);
        return line;
    }

    @Test
    void namesAHostThatDoesNotExist() {
        assertThat(failure(upstreamAt(URI.create("https://nowhere.invalid/v1?k=1"))))
                .hasMessage("The model provider could not be reached.");
        assertThat(onlyLine())
                .startsWith("upstream main (nowhere.invalid:443) has a host name that cannot be resolved:"
                        + " java.net.UnknownHostException: nowhere.invalid");
    }

    @Test
    void namesAPortThatIsNotOpen() {
        FakeUpstream gone = FakeUpstream.answering();
        URI url = gone.url();
        gone.close();
        assertThat(failure(upstreamAt(url))).hasMessage("The model provider could not be reached.");
        assertThat(onlyLine())
                .startsWith("upstream main (127.0.0.1:" + url.getPort() + ") cannot be reached:"
                        + " org.apache.hc.client5.http.HttpHostConnectException: ")
                .endsWith("Connection refused");
    }

    @Test
    void namesAServerThatDoesNotAcceptConnections() throws IOException {
        try (UnreachableServer server = new UnreachableServer()) {
            assertThat(failure(upstreamAt(server.url()))).hasMessageContaining("timeouts.connect");
            assertThat(onlyLine()).contains(" did not accept a connection in time: ");
        }
    }

    @Test
    void namesTheProxyWithoutItsPassword() {
        FakeUpstream gone = FakeUpstream.answering();
        int port = gone.port();
        gone.close();
        failure(fixture.upstream(settings -> settings.url(URI.create("http://provider.invalid/v1"))
                .attempts(1)
                .proxy(URI.create("http://me:s3cret@127.0.0.1:" + port))));
        assertThat(onlyLine())
                .startsWith("upstream main (provider.invalid:80 through the proxy 127.0.0.1:" + port
                        + ") cannot be reached: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Why? s3cret\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nWhy?s3cret\r\n"})
    void doesNotQuoteTheReply(String reply) {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(exchange -> exchange.raw(reply).close()));
        assertThat(failure(upstreamAt(fake.url())))
                .hasMessage("The model provider broke the connection or sent invalid data.");
        assertThat(onlyLine()).contains(" broke the connection or sent invalid data: ");
    }

    @Test
    void namesTheClassAndSourceLineOfAnUnexpectedException() {
        UpstreamSettings settings = new UpstreamFixture.Settings().attempts(1).build();
        HttpUpstream upstream = fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, true),
                new ProviderProfiles(settings, System::nanoTime),
                new Transport(settings) {
                    @Override
                    Response post(byte[] body, Map<String, String> moreHeaders, Exchange exchange) {
                        throw new IllegalStateException("s3cret");
                    }
                });
        assertThat(failure(upstream)).hasMessage("The model provider could not be called: internal error.");
        assertThat(onlyLine())
                .contains(" could not be called: internal error: java.lang.IllegalStateException at ")
                .contains("UpstreamLogTest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | invalid_api_key   | status 401, code invalid_api_key",
                "403 | see sk-test-key   | status 403",
                "404 | model_not_found   | status 404, code model_not_found",
                "407 | http://proxy/k=1  | status 407",
                "302 | Why?              | status 302"
            })
    void namesAStatusThatTheOperatorMustFix(int status, String code, String shown) {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(
                request -> Script.status(status, "{\"error\":{\"message\":\"s3cret\",\"code\":\"" + code + "\"}}")));
        failure(upstreamAt(fake.url()));
        assertThat(onlyLine())
                .endsWith(") rejects the gateway's requests; check its url, key, model and proxy: " + shown);
    }

    @Test
    void doesNotLogCallsEndedByTheCallerOrTheGateway() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() == 0
                ? Script.error(400, "no")
                : request.number() == 1 ? Script.error(500, "no") : Script.silence()));
        HttpUpstream upstream = fixture.upstream(
                settings -> settings.url(fake.url()).attempts(1).firstToken(Duration.ofMillis(200)));
        for (int i = 0; i < 3; i++) {
            assertThat(failure(upstream)).isNotNull();
        }
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void logsOneLineForManyFailures() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.reset()));
        HttpUpstream upstream = upstreamAt(fake.url());
        for (int i = 0; i < 5; i++) {
            failure(upstream);
        }
        assertThat(onlyLine()).contains("broke the connection or sent invalid data");
    }

    @Test
    void doesNotLogAStaleIdleConnection() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(Script.answer("one"), exchange -> exchange.close(), Script.answer("two")));
        HttpUpstream upstream = upstreamAt(fake.url());
        assertThat(failure(upstream)).isNull();
        assertThat(failure(upstream)).isNull();
        assertThat(fake.requests()).hasSize(3);
        assertThat(log.lines()).isEmpty();
    }
}
