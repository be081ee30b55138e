package org.o1api.conversation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.ToolCalls;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnUsage;

/**
 * A stored turn.
 *
 * @param id see {@link org.o1api.model.TurnId}
 * @param created seconds since 1970
 * @param model as the caller requested it
 * @param messages the request's messages that were new in the conversation
 * @param answer null if the messages were added without calling a model
 * @param echo a JSON object of the API surface, for showing the turn; null: none, or it was not read. The history is read without it
 */
public record StoredTurn(
        String id,
        long created,
        String model,
        List<Message> messages,
        @Nullable Answer answer,
        @Nullable RawJson echo) {
    public StoredTurn {
        messages = List.copyOf(messages);
    }

    /** A turn without an echo. */
    public StoredTurn(String id, long created, String model, List<Message> messages, @Nullable Answer answer) {
        this(id, created, model, messages, answer, null);
    }

    StoredTurn withEcho(@Nullable RawJson newEcho) {
        return new StoredTurn(id, created, model, messages, answer, newEcho);
    }

    /**
     * The model's answer: the events of its turn, up to {@link TurnEvent.Completed}. The pieces of a text or of a tool call are
     * joined. Everything else is derived from the events.
     */
    public static final class Answer {
        private final List<TurnEvent> events;
        private final @Nullable String sentContent;
        private final @Nullable String content;
        private final @Nullable String refusal;
        private final @Nullable RawJson toolCalls;
        private final @Nullable RawJson images;
        private final List<Step> reasoning;
        private final TurnEvent.Completed completed;

        /**
         * Creates an answer.
         *
         * @param sentContent the content as the client received it if it may contain reasoning; null: same as {@link #content}
         * @throws IllegalArgumentException if the last event is not {@link TurnEvent.Completed}
         */
        public Answer(List<TurnEvent> events, @Nullable String sentContent) {
            this.events = EventJoiner.join(events);
            if (events.isEmpty() || !(events.get(events.size() - 1) instanceof TurnEvent.Completed last)) {
                throw new IllegalArgumentException("the turn is not complete");
            }
            completed = last;
            StringBuilder text = new StringBuilder(0);
            StringBuilder refusalText = new StringBuilder(0);
            StringJoiner imageList = new StringJoiner(",", "[", "]").setEmptyValue("");
            ToolCalls calls = new ToolCalls();
            for (TurnEvent event : this.events) {
                if (event instanceof TurnEvent.AnswerText piece) {
                    text.append(piece.text());
                } else if (event instanceof TurnEvent.RefusalText piece) {
                    refusalText.append(piece.text());
                } else if (event instanceof TurnEvent.Image image) {
                    imageList.add(image.json().text());
                } else if (event instanceof TurnEvent.ToolCall call) {
                    calls.add(call.piece());
                }
            }
            this.sentContent = text.toString().equals(sentContent) ? null : sentContent;
            content = text.isEmpty() && (!calls.isEmpty() || !refusalText.isEmpty()) ? null : text.toString();
            refusal = refusalText.isEmpty() ? null : refusalText.toString();
            toolCalls = calls.isEmpty() ? null : new RawJson(new String(Json.bytes(calls::write), UTF_8));
            images = imageList.length() == 0 ? null : new RawJson(imageList.toString());
            reasoning = steps(this.events);
        }

        /** The same answer without its steps. */
        private Answer(Answer withSteps) {
            events = withSteps.events.stream()
                    .filter(event -> !isReasoning(event))
                    .toList();
            reasoning = List.of();
            sentContent = withSteps.sentContent;
            content = withSteps.content;
            refusal = withSteps.refusal;
            toolCalls = withSteps.toolCalls;
            images = withSteps.images;
            completed = withSteps.completed;
        }

        private static List<Step> steps(List<TurnEvent> events) {
            Map<Integer, Step> steps = new LinkedHashMap<>();
            for (TurnEvent event : events) {
                if (event instanceof TurnEvent.StepStarted started) {
                    steps.put(started.step(), new Step(started.label() == null ? "" : started.label(), ""));
                } else if (event instanceof TurnEvent.StepTitled titled) {
                    steps.computeIfPresent(titled.step(), (number, step) -> step.withTitle(titled.title()));
                } else if (event instanceof TurnEvent.StepText text) {
                    steps.computeIfPresent(
                            text.step(), (number, step) -> new Step(step.title, step.text + text.text()));
                }
            }
            return List.copyOf(steps.values());
        }

        /** The last event is {@link TurnEvent.Completed}. */
        public List<TurnEvent> events() {
            return events;
        }

        /** The content as the client received it if it contained reasoning; null: same as {@link #content}. */
        public @Nullable String sentContent() {
            return sentContent;
        }

        /** Null if there are only tool calls or a refusal. */
        public @Nullable String content() {
            return content;
        }

        /** Null unless the model refused to answer. */
        public @Nullable String refusal() {
            return refusal;
        }

        /** A list like a message's {@code tool_calls}; null if there are none. */
        public @Nullable RawJson toolCalls() {
            return toolCalls;
        }

        /** A list like a message's {@code images}, which is not sent to the model again; null if there are none. */
        public @Nullable RawJson images() {
            return images;
        }

        /** The steps before the answer. */
        public List<Step> reasoning() {
            return reasoning;
        }

        public FinishReason finishReason() {
            return completed.reason();
        }

        public TurnUsage usage() {
            return completed.usage();
        }

        private Answer withoutReasoning() {
            return new Answer(this);
        }

        private static boolean isReasoning(TurnEvent event) {
            return event instanceof TurnEvent.StepStarted
                    || event instanceof TurnEvent.StepTitled
                    || event instanceof TurnEvent.StepText
                    || event instanceof TurnEvent.StepEnded;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Answer answer
                    && events.equals(answer.events)
                    && Objects.equals(sentContent, answer.sentContent);
        }

        @Override
        public int hashCode() {
            return Objects.hash(events, sentContent);
        }

        @Override
        public String toString() {
            return events.toString();
        }
    }

    /**
     * A reasoning step.
     *
     * @param title its label; else what the model gave; empty if there is none
     */
    public record Step(String title, String text) {
        /** A title within a step that has a label becomes part of its text. */
        private Step withTitle(String newTitle) {
            return title.isEmpty()
                    ? new Step(newTitle, text)
                    : new Step(title, text + (text.isEmpty() ? "" : "\n\n") + "### " + newTitle + "\n");
        }

        /** Title and text as Markdown. */
        public String summary() {
            return title.isEmpty() ? text : "**" + title + "**\n\n" + text;
        }
    }

    /** The instructions (system and developer messages) of the turn, which are in every prompt. */
    List<Message> instructions() {
        return messages.stream()
                .filter(message -> message.role().isInstruction())
                .toList();
    }

    /** Whether the turn starts with a tool result, and therefore belongs to the turn before. */
    boolean startsWithToolResult() {
        return startsWithToolResult(messages);
    }

    static boolean startsWithToolResult(List<Message> messages) {
        return messages.stream()
                .filter(message -> !message.role().isInstruction())
                .findFirst()
                .filter(first -> first.role().isToolResult())
                .isPresent();
    }

    StoredTurn withoutReasoning() {
        return answer == null || answer.reasoning().isEmpty()
                ? this
                : new StoredTurn(id, created, model, messages, answer.withoutReasoning(), echo);
    }

    /** The number of messages that the turn adds to the history. */
    int messageCount() {
        return messages.size() + (answer == null ? 0 : 1);
    }
}
