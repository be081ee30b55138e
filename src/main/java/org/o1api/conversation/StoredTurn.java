package org.o1api.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/**
 * What a turn leaves behind.
 *
 * @param id of the completion
 * @param created seconds since 1970
 * @param model as the caller asked for it
 * @param messages what the caller said, without what the conversation had already
 * @param answer null: the messages were put in without asking
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
     * What the model said.
     *
     * @param content the plain answer; null where there is none beside tool calls or a refusal
     * @param refusal why it does not answer; null: it does
     * @param sentContent the content as the client got it, where steps stood in it; null: as {@code content}
     * @param toolCalls a list in the shape of a message's {@code tool_calls}; null: none
     * @param images a list in the shape of a message's {@code images}, for a replay only: the model does not get them again; null:
     *     none
     * @param reasoning the steps that led to it
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

        /** An answer without images. */
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
     * What the model thought in one step.
     *
     * @param title empty where it gave none
     */
    public record Step(String title, String text) {
        /** Title and text as one. */
        public String summary() {
            return title.isEmpty() ? text : "**" + title + "**\n\n" + text;
        }
    }

    /** The instructions that it holds: those are always told. */
    List<Message> instructions() {
        return messages.stream()
                .filter(message -> message.role().isInstruction())
                .toList();
    }

    /** Whether it begins with what a tool gave, and so belongs to the turn before it. */
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

    /** The same without what the model thought. */
    StoredTurn withoutReasoning() {
        return answer == null || answer.reasoning().isEmpty()
                ? this
                : new StoredTurn(id, created, model, messages, answer.withoutReasoning());
    }

    /** How many messages it adds to the history. */
    int messageCount() {
        return messages.size() + (answer == null ? 0 : 1);
    }
}
