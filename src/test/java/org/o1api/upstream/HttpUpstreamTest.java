package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Successful calls. */
class HttpUpstreamTest {
    private final UpstreamFixture fixture = new UpstreamFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void streamsTheProvidersDeltas() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("Hello brave new world"));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("Hello brave new world");
            assertThat(call.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(call.usage()).isEqualTo(new Usage(10, 0, 5, 0));
        }
        assertThat(fake.request(0).body())
                .hasToString("{\"model\":\"some-model\",\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}],"
                        + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    }

    @Test
    void reusesTheConnectionAfterDone() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("one", "two", "three"));
        HttpUpstream upstream = fixture.upstream(fake);
        for (int i = 0; i < 3; i++) {
            try (Call call = upstream.open(fixture.request(), new CallContext(new Cancellation()))) {
                fixture.text(call);
            }
        }
        assertThat(fake.connections()).isEqualTo(1);
        assertThat(fake.abortedCalls()).isZero();
    }

    @Test
    void returnsDeltasImmediatelyAndJoinsThoseThatArrivedTogether() {
        CountDownLatch first = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange -> {
            exchange.stream().text("now ").await(first);
            StringBuilder burst = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                String event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"w" + i + " \"}}]}\n\n";
                burst.append(Integer.toHexString(event.length()))
                        .append("\r\n")
                        .append(event)
                        .append("\r\n");
            }
            exchange.raw(burst.toString()).finish("stop").done();
        }));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            List<Delta> deltas = new ArrayList<>();
            for (Delta delta : call) {
                deltas.add(delta);
                first.countDown();
            }
            assertThat(deltas.get(0)).isEqualTo(new Delta.Text("now "));
            assertThat(deltas).hasSize(2);
        }
    }

    @Test
    void sendsFieldsHeadersAndUrlUnchanged() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering("ok"));
        HttpUpstream upstream = fixture.upstream(settings -> settings.url(java.net.URI.create("http://127.0.0.1:"
                        + fake.port() + "/openai/deployments/a%20b/chat?api-version=2024-06-01&x=%2F+y"))
                .apiKey("sk-secret")
                .headers(Map.of("api-key", "azure", "user-agent", "mine")));
        CallRequest request =
                new CallRequest("m", List.of(Message.user("hi")), Map.of("seed", new RawJson(" {\"a\" :1} ")));
        try (Call call = upstream.open(request, new CallContext(new Cancellation()))) {
            fixture.text(call);
        }
        FakeUpstream.Request sent = fake.request(0);
        assertThat(sent.target()).isEqualTo("/openai/deployments/a%20b/chat?api-version=2024-06-01&x=%2F+y");
        assertThat(sent.headers())
                .containsEntry("Authorization", "Bearer sk-secret")
                .containsEntry("api-key", "azure")
                .containsEntry("User-Agent", "mine")
                .containsEntry("Content-Type", "application/json");
        assertThat(sent.text()).contains("\"seed\": {\"a\" :1} ,");
    }

    @Test
    void readsAReplyThatIsNotStreamed() {
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(Script.completion("whole")));
        try (Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()))) {
            assertThat(fixture.text(call)).isEqualTo("whole");
            assertThat(call.usage()).isEqualTo(new Usage(10, 0, 5, 0));
        }
    }

    @Test
    void reportsWhenTheProviderHasAccepted() {
        CountDownLatch accepted = new CountDownLatch(1);
        FakeUpstream fake = fixture.fake(FakeUpstream.scripted(exchange ->
                exchange.stream().await(accepted).text("x").finish("stop").done()));
        CallContext context = new CallContext(new Cancellation(), new RetryBudget(0), accepted::countDown);
        try (Call call = fixture.upstream(fake).open(fixture.request(), context)) {
            assertThat(fixture.text(call)).isEqualTo("x");
        }
    }

    @Test
    void warmsUpWithoutACallToTheUpstream() {
        FakeUpstream fake = fixture.fake(FakeUpstream.answering());
        fixture.upstream(fake).warmUp();
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void closingAnIncompleteCallCutsItsConnection() {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.scripted(exchange -> exchange.stream().text("a").awaitDisconnect()));
        Call call = fixture.upstream(fake).open(fixture.request(), new CallContext(new Cancellation()));
        assertThat(call.iterator().next()).isEqualTo(new Delta.Text("a"));
        call.close();
        fake.awaitAborted(1);
    }
}
