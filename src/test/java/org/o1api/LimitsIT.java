package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Question;
import org.o1api.testing.Script;
import org.o1api.testing.Surface;
import org.o1api.testing.SurfaceClient.Answer;
import org.o1api.testing.SurfaceStream;

/** The limits of concurrent turns. */
class LimitsIT {
    private static final String SECOND_KEY = "sk-second-4712";
    private static final Question QUESTION = Question.withoutReasoning("?");

    @InContainers(config = "limits: { turns: 1 }")
    void rejectsATurnAboveTheLimit(GatewayFixture fixture, Surface surface) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (SurfaceStream open = surface.client(fixture).stream(QUESTION)) {
            assertThat(open.nextText().text()).isEqualTo("It");
            assertRejected(surface.client(fixture).post(QUESTION), 503, "overloaded");
            try (SurfaceStream rejected = surface.client(fixture).stream(QUESTION)) {
                rejected.assertRejected(503, "overloaded");
                assertThat(rejected.header("Retry-After")).isEqualTo("1");
            }
            end.countDown();
            assertThat(open.rest().content()).isEqualTo(" is.");
        }
    }

    @InContainers(config = {"limits: { turns_per_caller: 1 }", "api_keys: [{ name: second, key: " + SECOND_KEY + " }]"})
    void rejectsATurnAboveTheLimitOfTheCaller(GatewayFixture fixture, Surface surface) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done(), Script.answer("Yes."));
        try (SurfaceStream open = surface.client(fixture).stream(QUESTION)) {
            assertThat(open.nextText().text()).isEqualTo("It");
            assertRejected(surface.client(fixture).post(QUESTION), 429, "rate_limit_exceeded");
            assertThat(surface.client(fixture.gateway().client(SECOND_KEY))
                            .post(QUESTION)
                            .content())
                    .isEqualTo("Yes.");
            end.countDown();
            assertThat(open.rest().content()).isEqualTo(" is.");
        }
    }

    /** Conversation requests may wait for a slow database, so they count as turns. */
    @InContainers(config = "limits: { turns_per_caller: 1 }")
    void countConversationRequestsToo(GatewayFixture fixture) {
        CountDownLatch end = new CountDownLatch(1);
        fixture.script(
                exchange -> exchange.stream().text("It").await(end).text(" is.").done());
        try (SurfaceStream open = Surface.CHAT.client(fixture).stream(QUESTION)) {
            assertThat(open.nextText().text()).isEqualTo("It");
            assertRejected(
                    new Answer(Surface.CHAT, fixture.client().get("/v1/conversations")), 429, "rate_limit_exceeded");
            end.countDown();
            assertThat(open.rest().content()).isEqualTo(" is.");
        }
        assertThat(fixture.client().get("/v1/conversations").status()).isEqualTo(200);
    }

    /** A client that has read the end of a stream may send its next request immediately. */
    @InContainers(config = "limits: { turns_per_caller: 1 }")
    void releaseTheSlotBeforeTheEndOfTheStreamIsSent(GatewayFixture fixture, Surface surface) {
        fixture.dispatch(request -> Script.answer("Yes."));
        for (int i = 0; i < 20; i++) {
            for (Question question : List.of(QUESTION, QUESTION.inConversation(surface + "-slot-" + i))) {
                try (SurfaceStream stream = surface.client(fixture).stream(question)) {
                    assertThat(stream.status()).isEqualTo(200);
                    assertThat(stream.rest().content()).isEqualTo("Yes.");
                }
                assertThat(surface.client(fixture).post(QUESTION).status()).isEqualTo(200);
            }
        }
    }

    private static void assertRejected(Answer answer, int status, String code) {
        answer.assertFails(status, code);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
}
