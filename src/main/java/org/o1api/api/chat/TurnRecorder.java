package org.o1api.api.chat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.OpenConversation;
import org.o1api.conversation.StoredTurn;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.TurnEvent;
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
    private final List<TurnEvent> events = new ArrayList<>();
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder sentContent = new StringBuilder();
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
        String all = sentContent.toString();
        events.add(new TurnEvent.Completed(reason, usage));
        return new StoredTurn.Answer(events, all.contentEquals(answer) ? null : all);
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
            TurnEvent event = new TurnEvent.StepStarted(number);
            if (events.contains(event)) { // a retry of the step, which replaces the failed attempt
                events.subList(events.indexOf(event), events.size()).clear();
            }
            events.add(event);
            super.stepStarted(number);
        }

        @Override
        public void stepTitled(int number, String title) {
            events.add(new TurnEvent.StepTitled(number, title));
            super.stepTitled(number, title);
        }

        @Override
        public void stepText(int number, String text) {
            events.add(new TurnEvent.StepText(number, text));
            super.stepText(number, text);
        }

        @Override
        public void stepEnded(int number) {
            events.add(new TurnEvent.StepEnded(number));
            super.stepEnded(number);
        }

        @Override
        public void answerText(String text) {
            answer.append(text);
            events.add(new TurnEvent.AnswerText(text));
            super.answerText(text);
        }

        @Override
        public void refusalText(String text) {
            events.add(new TurnEvent.RefusalText(text));
            super.refusalText(text);
        }

        @Override
        public void image(RawJson json) {
            events.add(new TurnEvent.Image(json));
            super.image(json);
        }

        @Override
        public void toolCall(Delta.ToolCall delta) {
            events.add(new TurnEvent.ToolCall(delta));
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
        ListenerClient client = new ListenerClient(listener);
        stored.events().forEach(client::write);
        return stored.finishReason();
    }
}
