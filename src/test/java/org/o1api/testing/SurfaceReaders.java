package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.testing.SurfaceEvent.Kind;

/** The readers of the streams of each {@link Surface}. */
final class SurfaceReaders {
    private SurfaceReaders() {}

    static final class Chat implements SurfaceEvent.Reader {
        private @Nullable String finishReason;

        @Override
        public SurfaceEvent read(EventLines.Event wire) {
            ChatClient.Event event = new ChatClient.Event(wire.name(), wire.data());
            if (event.name().equals("error")) {
                assertThat(finishReason).as("finish reason before an error").isNull();
                return SurfaceEvent.of(Kind.FAILED, event.json());
            }
            if (event.isDone()) {
                assertThat(finishReason).as("finish reason before [DONE]").isNotNull();
                return SurfaceEvent.of(
                        "length".equals(finishReason) || "content_filter".equals(finishReason)
                                ? Kind.INCOMPLETE
                                : Kind.COMPLETED);
            }
            if (event.finishReason() != null) {
                assertThat(finishReason).as("earlier finish reason").isNull();
                finishReason = event.finishReason();
            }
            if (!event.content().isEmpty()) {
                return new SurfaceEvent(Kind.CONTENT, event.content(), event.json());
            }
            if (!event.reasoning().isEmpty()) {
                return new SurfaceEvent(Kind.REASONING, event.reasoning(), event.json());
            }
            return SurfaceEvent.of(event.text("role").isEmpty() ? Kind.OTHER : Kind.STARTED, event.json());
        }
    }

    static final class Responses implements SurfaceEvent.Reader {
        private static final Map<String, Kind> KINDS = Map.of(
                "response.created", Kind.STARTED,
                "response.reasoning_summary_text.delta", Kind.REASONING,
                "response.output_text.delta", Kind.CONTENT,
                "response.completed", Kind.COMPLETED,
                "response.incomplete", Kind.INCOMPLETE,
                "response.failed", Kind.FAILED);

        private final ResponsesClient.NumberedEvents events = new ResponsesClient.NumberedEvents();

        @Override
        public SurfaceEvent read(EventLines.Event wire) {
            ResponsesClient.Event event = events.next(wire);
            Kind kind = KINDS.getOrDefault(event.name(), Kind.OTHER);
            if (kind.isEnd()) {
                String status = event.response().path("status").asText();
                assertThat(event.name()).isEqualTo("response." + status);
            }
            return new SurfaceEvent(kind, event.text("delta"), event.json());
        }
    }

    static final class Messages implements SurfaceEvent.Reader {
        private static final Map<String, Kind> KINDS =
                Map.of("message_start", Kind.STARTED, "ping", Kind.HEARTBEAT, "error", Kind.FAILED);
        private static final List<String> CUT = List.of("max_tokens", "refusal");

        private final MessageEvents events;
        private String stopReason = "";

        Messages(HttpResponse<?> response) {
            events = new MessageEvents(response);
        }

        @Override
        public SurfaceEvent read(EventLines.Event wire) {
            JsonNode json = events.next(wire).json();
            JsonNode delta = json.path("delta");
            return switch (wire.name()) {
                case "content_block_delta" ->
                    switch (delta.path("type").asText()) {
                        case "thinking_delta" ->
                            new SurfaceEvent(
                                    Kind.REASONING, delta.path("thinking").asText(), json);
                        case "text_delta" ->
                            new SurfaceEvent(Kind.CONTENT, delta.path("text").asText(), json);
                        default -> SurfaceEvent.of(Kind.OTHER, json);
                    };
                case "message_delta" -> {
                    stopReason = delta.path("stop_reason").asText();
                    yield SurfaceEvent.of(Kind.OTHER, json);
                }
                case "message_stop" ->
                    SurfaceEvent.of(CUT.contains(stopReason) ? Kind.INCOMPLETE : Kind.COMPLETED, json);
                default -> SurfaceEvent.of(KINDS.getOrDefault(wire.name(), Kind.OTHER), json);
            };
        }
    }
}
