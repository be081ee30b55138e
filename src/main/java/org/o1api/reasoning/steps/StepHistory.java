package org.o1api.reasoning.steps;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Message;
import org.o1api.model.Role;
import org.o1api.reasoning.closing.AnswerBasis;
import org.o1api.reasoning.text.AnswerFilter;
import org.o1api.reasoning.text.AnswerFormat;
import org.o1api.reasoning.text.CallMessages;
import org.o1api.reasoning.text.Instructions;
import org.o1api.reasoning.text.StepObject;
import org.o1api.reasoning.text.StepUnwrapper;

/**
 * Builds the messages of a turn's calls: the step instructions merged with the caller's instructions, the caller's messages,
 * then the replies with one prompt between two of them. Messages are only ever appended, so that the provider can cache all but
 * the last ones. The closing call may contain fewer steps, or the steps as plain text, see {@link #messagesForClosingCall(double,
 * boolean)}.
 */
final class StepHistory implements AnswerBasis {
    /** A step that would be shortened to fewer characters is left out. */
    private static final int MIN_SHORTENED_LENGTH = 200;

    private static final String OMITTED = "[...] ";

    /** A reply to a step's call, and the prompt after it. */
    private record AddedStep(String reply, Message next) {}

    private final List<Message> callerMessages;
    private final StepPrompts prompts;
    private final List<Message> messages = new ArrayList<>();
    private final List<AddedStep> steps = new ArrayList<>();
    private final Set<String> seenTexts = new HashSet<>();
    /** The number of messages before the first step. */
    private final int messagesBeforeSteps;

    private final int continuedFrom;
    private @Nullable Message nextPrompt;

    StepHistory(List<Message> callerMessages, StepPrompts prompts) {
        this.callerMessages = callerMessages;
        this.prompts = prompts;
        int instructions = 0;
        while (instructions < callerMessages.size()
                && callerMessages.get(instructions).role().isInstruction()) {
            instructions++;
        }
        messages.add(Instructions.merge(prompts.step(), callerMessages.subList(0, instructions)));
        messages.addAll(callerMessages.subList(instructions, callerMessages.size()));
        if (endsWithAnswer()) { // many models reject two consecutive messages of one role
            messages.add(Message.user(prompts.next()));
        }
        messagesBeforeSteps = messages.size();
        continuedFrom = 1 + Math.max(0, afterLastUser() - instructions);
    }

    private boolean endsWithAnswer() {
        return callerMessages.get(callerMessages.size() - 1).role() == Role.ASSISTANT;
    }

    /** The index of the caller's first message after the last user message. */
    private int afterLastUser() {
        int index = callerMessages.size();
        while (index > 0 && callerMessages.get(index - 1).role() != Role.USER) {
            index--;
        }
        return index;
    }

    /** The messages of the next step's call. */
    CallMessages messagesForNextStep() {
        return new CallMessages(nextPrompt == null ? messages : append(messages, nextPrompt), continuedFrom);
    }

    /** {@inheritDoc} The newest steps are kept, the oldest of them shortened. Plain steps are one text, without the step instructions. */
    @Override
    public CallMessages messagesForClosingCall(double share, boolean plain) {
        Message last = Message.user(prompts.answer());
        List<AddedStep> kept = newestSteps(share);
        if (plain) {
            List<Message> all = new ArrayList<>(callerMessages);
            if (endsWithAnswer()) {
                all.add(Message.user(prompts.next()));
            }
            all.add(Message.assistant(kept.stream()
                    .map(step -> StepObject.of(step.reply()).toPlainText())
                    .collect(Collectors.joining("\n\n"))));
            return new CallMessages(append(all, last), afterLastUser());
        }
        List<Message> all = new ArrayList<>(messages.subList(0, messagesBeforeSteps));
        for (int i = 0; i < kept.size(); i++) {
            all.add(Message.assistant(kept.get(i).reply()));
            all.add(i == kept.size() - 1 ? last : kept.get(i).next());
        }
        return new CallMessages(all, continuedFrom);
    }

    private static List<Message> append(List<Message> messages, Message last) {
        List<Message> all = new ArrayList<>(messages.size() + 1);
        all.addAll(messages);
        all.add(last);
        return all;
    }

    /** Returns the newest steps that fit into a share of the text of all steps; at least one. */
    private List<AddedStep> newestSteps(double share) {
        if (share >= 1) {
            return steps;
        }
        int available = (int)
                (share * steps.stream().mapToInt(step -> step.reply().length()).sum());
        List<AddedStep> kept = new ArrayList<>();
        for (int i = steps.size() - 1; i >= 0; i--) {
            AddedStep step = steps.get(i);
            int length = step.reply().length();
            if (length > available) {
                if (available >= MIN_SHORTENED_LENGTH || kept.isEmpty()) {
                    kept.add(0, new AddedStep(shortened(step.reply(), available), step.next()));
                }
                break;
            }
            kept.add(0, step);
            available -= length;
        }
        return kept;
    }

    /** Shortens a step to the end of its content, which contains its result. */
    private static String shortened(String reply, int length) {
        StepObject step = StepObject.of(reply);
        String content = step.content();
        int overhead = reply.length() - content.length();
        int from = Math.max(0, content.length() - Math.max(1, length - overhead));
        if (from > 0 && from < content.length() && Character.isLowSurrogate(content.charAt(from))) {
            from++;
        }
        String rest = from == 0 ? content : OMITTED + content.substring(from);
        if (!step.hasKeys()) {
            return rest;
        }
        String title = step.title();
        return "{\"title\": " + JsonSlices.quoted(title == null ? "" : title) + ", \"content\": "
                + JsonSlices.quoted(rest) + ", \"next_action\": \"" + (step.concludes() ? "final_answer" : "continue")
                + "\"}";
    }

    /**
     * Adds a reply, unchanged. A blank reply is ignored, because many models reject two consecutive messages of one role.
     *
     * @param check whether to ask the model to check its result next
     */
    void add(String reply, boolean check) {
        if (reply.isBlank()) {
            return;
        }
        if (nextPrompt != null) {
            messages.add(nextPrompt);
        }
        messages.add(Message.assistant(reply));
        nextPrompt = Message.user(check ? prompts.check() : prompts.next());
        steps.add(new AddedStep(reply, nextPrompt));
    }

    /** Remembers the normalized text of a step. Returns whether an earlier step had the same text; false for an empty text. */
    boolean markSeen(String normalizedText) {
        return !normalizedText.isEmpty() && !seenTexts.add(normalizedText);
    }

    /** Whether there is a reply to a step's call. */
    boolean hasSteps() {
        return nextPrompt != null;
    }

    @Override
    public boolean isEmpty() {
        return !hasSteps();
    }

    @Override
    public @Nullable AnswerFilter filter(AnswerFormat format) {
        return hasSteps() ? new StepUnwrapper(format) : null;
    }
}
