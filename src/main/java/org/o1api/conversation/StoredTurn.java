package org.o1api.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/**
 * A stored turn.
 *
 * @param id of the completion
 * @param created seconds since 1970
 * @param model as the caller requested it
 * @param messages the request's messages that were new in the conversation
 * @param answer null if the messages were added without calling a model
 */
public record StoredTurn(
        String id,
        long created,
        String model,
        List<Message> messages,
        @Nullable Answer answer) {
    public StoredTurn {
        messages = List.copyOf(messages);
    }

    /**
     * The model's answer.
     *
     * @param content null if there are only tool calls or a refusal
     * @param refusal null unless the model refused to answer
     * @param sentContent the content as the client received it if it contained reasoning; null: same as {@code content}
     * @param toolCalls a list like a message's {@code tool_calls}; null if there are none
     * @param images a list like a message's {@code images}, only for replays: it is not sent to the model again; null
     *     if there are none
     * @param reasoning the steps before the answer
     */
    public record Answer(
            @Nullable String content,
            @Nullable String refusal,
            @Nullable String sentContent,
            @Nullable RawJson toolCalls,
            @Nullable RawJson images,
            List<Step> reasoning,
            FinishReason finishReason,
            TurnUsage usage) {
        public Answer {
            reasoning = List.copyOf(reasoning);
        }

        public Answer(
                @Nullable String content,
                @Nullable String refusal,
                @Nullable String sent,
                @Nullable RawJson toolCalls,
                List<Step> reasoning,
                FinishReason finishReason,
                TurnUsage usage) {
            this(content, refusal, sent, toolCalls, null, reasoning, finishReason, usage);
        }

        private Answer withoutReasoning() {
            return new Answer(content, refusal, sentContent, toolCalls, images, List.of(), finishReason, usage);
        }
    }

    /**
     * A reasoning step.
     *
     * @param title empty if the model gave none
     */
    public record Step(String title, String text) {
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
                : new StoredTurn(id, created, model, messages, answer.withoutReasoning());
    }

    /** The number of messages that the turn adds to the history. */
    int messageCount() {
        return messages.size() + (answer == null ? 0 : 1);
    }
}
