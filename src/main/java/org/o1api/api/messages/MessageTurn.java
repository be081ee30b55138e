package org.o1api.api.messages;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.o1api.api.AnthropicError;
import org.o1api.api.ErrorBody;
import org.o1api.api.EventEncoder;
import org.o1api.api.ReasoningFormatter;
import org.o1api.api.StreamClient;
import org.o1api.api.SurfaceTurn;
import org.o1api.json.JsonSlices;
import org.o1api.model.GatewayException;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnId;
import org.o1api.model.Usage;
import org.o1api.reasoning.TokenCounter;
import org.o1api.reasoning.TurnClient;
import org.o1api.server.EventStream;
import org.o1api.turn.TurnRequest;

/**
 * A request for a message and what the message looks like.
 *
 * @param showsThinking whether the message has the reasoning in a block
 * @param form of that block
 */
record MessageTurn(TurnRequest request, MessageObject message, boolean showsThinking, MessageContent.Form form)
        implements SurfaceTurn {
    /** How long the client of a stream waits for the count of its prompt. Then the rest is estimated. */
    private static final Duration COUNTING_TIME = Duration.ofMillis(100);

    /** The count of the prompt is the gateway's own: the provider's is known at the end. */
    @Override
    public byte[] openingEvent() {
        long tokens = TokenCounter.countInput(request.prompt(), COUNTING_TIME);
        EventEncoder events = new EventEncoder();
        events.add("message_start", json -> {
            json.writeObjectFieldStart("message");
            message.write(
                    json,
                    content -> {
                        content.writeStartArray();
                        content.writeEndArray();
                    },
                    MessageStop.NONE,
                    new Usage(tokens, 0, 0, 0));
            json.writeEndObject();
        });
        events.add("ping", json -> {});
        return events.take();
    }

    @Override
    public byte[] heartbeat() {
        EventEncoder events = new EventEncoder();
        events.add("ping", json -> {});
        return events.take();
    }

    @Override
    public byte[] unexpectedEvent() {
        return new AnthropicError(ErrorBody.unexpected(), request.info().requestId()).toEvent();
    }

    AnthropicError error(GatewayException failure) {
        return new AnthropicError(ErrorBody.of(failure), request.info().requestId());
    }

    @Override
    public StreamClient streamWriter(EventStream stream) {
        return new ReasoningFormatter(
                format(), request.preset().stepHeading(), new StreamingMessageWriter(this, stream));
    }

    @Override
    public TurnClient jsonWriter(JsonTarget target) {
        return new ReasoningFormatter(
                format(),
                request.preset().stepHeading(),
                new MessageWriter(message, content((type, fields) -> {}), target));
    }

    private ReasoningFormat format() {
        return showsThinking ? ReasoningFormat.REASONING_CONTENT : ReasoningFormat.NONE;
    }

    MessageContent content(MessageContent.Events events) {
        return new MessageContent(TurnId.hex(request.info().id()), form, stopSequences(), events);
    }

    private Set<String> stopSequences() {
        RawJson stop = request.prompt().closingFields().get("stop");
        return stop == null
                ? Set.of()
                : JsonSlices.elements(stop).stream().map(JsonSlices::string).collect(Collectors.toSet());
    }
}
