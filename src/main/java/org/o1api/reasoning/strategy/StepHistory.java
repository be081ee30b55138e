package org.o1api.reasoning.strategy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Message;
import org.o1api.reasoning.Prompts;

/**
 * The messages of a thinking turn. They only ever grow at the end, so that the provider's cache knows all but the last of
 * them: our instructions with the caller's, the caller's messages, and the steps with one message of ours between two.
 */
final class StepHistory {
    private final Prompts prompts;
    private final List<Message> messages = new ArrayList<>();
    private @Nullable Message prompt;

    StepHistory(List<Message> caller, Prompts prompts) {
        this.prompts = prompts;
        int instructions = 0;
        while (instructions < caller.size() && caller.get(instructions).role().instructs()) {
            instructions++;
        }
        messages.add(Instructions.joined(prompts.step(), caller.subList(0, instructions)));
        messages.addAll(caller.subList(instructions, caller.size()));
    }

    /** What the next step's call says. */
    List<Message> next() {
        return prompt == null ? messages : with(prompt);
    }

    /** What the closing call says. */
    List<Message> closing() {
        return with(Message.user(prompts.answer()));
    }

    private List<Message> with(Message last) {
        List<Message> all = new ArrayList<>(messages.size() + 1);
        all.addAll(messages);
        all.add(last);
        return all;
    }

    /**
     * Keeps what the model replied, its own text unchanged. A blank reply is none: it leaves all as it was, since two messages
     * of one role in a row are refused by many models.
     *
     * @param check whether the model is to check itself next
     */
    void add(String reply, boolean check) {
        if (reply.isBlank()) {
            return;
        }
        if (prompt != null) {
            messages.add(prompt);
        }
        messages.add(Message.assistant(reply));
        prompt = Message.user(check ? prompts.check() : prompts.next());
    }

    /** Whether the model has replied to a step's call. */
    boolean hasSteps() {
        return prompt != null;
    }
}
