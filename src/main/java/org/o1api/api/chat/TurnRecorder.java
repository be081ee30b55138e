package org.o1api.api.chat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnUsage;

/**
 * Records a turn and stores it in its conversation before the client receives the last chunk: an answer that a client
 * has received completely is always stored, and a turn that could not be stored ends with an error.
 */
final class TurnRecorder {
    private final CompletionMetadata metadata;
    private final ReasoningFormat format;
    private final ChatWriter writer;
    private final Cancellation cancellation;
    private final List<StoredTurn.Step> steps = new ArrayList<>();
    private final StringBuilder stepText = new StringBuilder();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder sentContent = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final List<RawJson> images = new ArrayList<>(0);
    private final ToolCalls toolCalls = new ToolCalls();
    private String stepTitle = "";
    private boolean contentReplayed;
    private @Nullable OpenConversation conversation;

    /** Creates a recorder of what is written with a writer. */
    TurnRecorder(CompletionMetadata metadata, ReasoningFormat format, ChatWriter writer, Cancellation cancellation) {
        this.cancellation = cancellation;
        this.metadata = metadata;
        this.format = format;
        this.writer = writer;
    }

    private StoredTurn.Answer answer(FinishReason reason, TurnUsage usage) {
        String plain = answer.toString();
        String all = sentContent.toString();
        boolean hasOtherContent = !toolCalls.isEmpty() || !refusal.isEmpty();
        return new StoredTurn.Answer(
                plain.isEmpty() && hasOtherContent ? null : plain,
                refusal.isEmpty() ? null : refusal.toString(),
                all.equals(plain) ? null : all,
                toolCalls.isEmpty()
                        ? null
                        : new RawJson(new String(Json.bytes(toolCalls::write), StandardCharsets.UTF_8)),
                images.isEmpty()
                        ? null
                        : new RawJson(images.stream().map(RawJson::text).collect(Collectors.joining(",", "[", "]"))),
                steps,
                reason,
                usage);
    }

    /** Returns a listener that records the turn for the conversation and forwards all events. */
    TurnListener storingIn(OpenConversation target, TurnListener next) {
        conversation = target;
        return new RecordingListener(next);
    }

    /** Returns a writer that records the content and forwards everything. */
    ChatWriter recordingWriter() {
        return new RecordingWriter();
    }

    private final class RecordingListener extends ForwardingTurnListener {
        RecordingListener(TurnListener next) {
            super(next);
        }

        @Override
        public void stepStarted(int number) {
            if (number <= steps.size()) { // a retry of the step, which replaces the failed attempt
                steps.remove(number - 1);
            }
            stepTitle = "";
            stepText.setLength(0);
            super.stepStarted(number);
        }

        @Override
        public void stepTitled(int number, String title) {
            stepTitle = title;
            super.stepTitled(number, title);
        }

        @Override
        public void stepText(int number, String text) {
            stepText.append(text);
            super.stepText(number, text);
        }

        @Override
        public void stepEnded(int number) {
            steps.add(new StoredTurn.Step(stepTitle, stepText.toString()));
            super.stepEnded(number);
        }

        @Override
        public void answerText(String text) {
            answer.append(text);
            super.answerText(text);
        }

        @Override
        public void refusalText(String text) {
            refusal.append(text);
            super.refusalText(text);
        }

        @Override
        public void image(RawJson json) {
            images.add(json);
            super.image(json);
        }

        @Override
        public void toolCall(Delta.ToolCall delta) {
            toolCalls.add(delta);
            super.toolCall(delta);
        }
    }

    private final class RecordingWriter implements ChatWriter {
        @Override
        public void accepted() {
            writer.accepted();
        }

        @Override
        public void reasoning(String text) {
            writer.reasoning(text);
        }

        @Override
        public void content(String text) {
            if (!contentReplayed) {
                sentContent.append(text);
                writer.content(text);
            }
        }

        @Override
        public void refusal(String text) {
            writer.refusal(text);
        }

        @Override
        public void image(RawJson json) {
            writer.image(json);
        }

        @Override
        public void toolCall(Delta.ToolCall delta) {
            writer.toolCall(delta);
        }

        @Override
        public void flush() {
            writer.flush();
        }

        @Override
        public void completed(FinishReason reason, TurnUsage usage) {
            if (conversation != null) {
                writer.flush(); // fails if the client has disconnected: then nothing is stored
                cancellation.throwIfCancelled();
                conversation.store(metadata.id(), metadata.created(), metadata.model(), answer(reason, usage));
            }
            writer.completed(reason, usage);
        }
    }

    /**
     * Replays a stored turn. Content that contained reasoning is written as it was sent, everything else is reported to
     * the listener.
     *
     * @return the finish reason
     */
    FinishReason replay(StoredTurn turn, TurnListener listener) {
        StoredTurn.Answer stored = turn.answer();
        if (stored == null) {
            throw new IllegalArgumentException("the stored turn has no answer");
        }
        if (format.isInContent() && stored.sentContent() != null) {
            writer.content(stored.sentContent());
            contentReplayed = true;
        }
        int number = 0;
        for (StoredTurn.Step step : stored.reasoning()) {
            number++;
            listener.stepStarted(number);
            listener.stepTitled(number, step.title());
            listener.stepText(number, step.text());
            listener.stepEnded(number);
        }
        if (stored.content() != null) {
            listener.answerText(stored.content());
        }
        if (stored.refusal() != null) {
            listener.refusalText(stored.refusal());
        }
        if (stored.images() != null) {
            JsonSlices.elements(stored.images()).forEach(listener::image);
        }
        if (stored.toolCalls() != null) {
            ToolCalls.parse(stored.toolCalls()).forEach(listener::toolCall);
        }
        listener.completed(stored.finishReason(), stored.usage());
        return stored.finishReason();
    }
}
