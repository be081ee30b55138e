package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client of one API of a gateway. Everything that it receives is valid by the API's schema.
 *
 * @param idempotencyKey is sent with each question; null: none
 */
public record SurfaceClient(
        Surface surface, ChatClient gateway, @Nullable String idempotencyKey) {
    /** The same client with an {@code Idempotency-Key}. */
    public SurfaceClient withKey(String key) {
        return new SurfaceClient(surface, gateway, key);
    }

    /** A response of one JSON object. */
    public record Answer(Surface surface, ChatClient.JsonResponse response) {
        public int status() {
            return response.status();
        }

        public @Nullable String header(String name) {
            return response.header(name);
        }

        /** The answer's text; empty if the response is an error. */
        public String content() {
            return surface.content(response.json());
        }

        public String reasoning() {
            return surface.reasoning(response.json());
        }

        /** Whether the response is an error with this code. */
        public boolean isError(String code) {
            return status() >= 400 && surface.errorName(response.json()).equals(surface.nameOf(code));
        }

        /** Fails unless the response is an error with this code and status; both are those of OpenAI's API. */
        public void assertFails(int status, String code) {
            assertThat(status()).as(response.response().body()).isEqualTo(surface.statusOf(code, status));
            surface.checkError(response.json(), code);
        }
    }

    /** Asks for one JSON object. */
    public Answer post(Question question) {
        return new Answer(surface, gateway.send(surface.path(), request(question, false)));
    }

    /** Asks for a stream. */
    public SurfaceStream stream(Question question) {
        return new SurfaceStream(
                surface,
                gateway.send(surface.path(), request(question, true), HttpResponse.BodyHandlers.ofInputStream()));
    }

    private UnaryOperator<HttpRequest.Builder> request(Question question, boolean streamed) {
        UnaryOperator<HttpRequest.Builder> post = ChatClient.postJson(surface.body(question, streamed));
        return idempotencyKey == null ? post : request -> post.apply(request.header("Idempotency-Key", idempotencyKey));
    }
}
