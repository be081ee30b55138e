package org.o1api.reasoning.sampling;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.json.ContentText;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Role;
import org.o1api.model.SurrogateGuard;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.text.LoopDetector;

/**
 * Reads a reply that contains both reasoning and answer, as it arrives: reasoning in steps {@code === Step: TITLE}, a line
 * {@code === Answer}, the answer, and as last line {@code Answer: RESULT}. The result does not depend on how the reply is split into
 * deltas.
 *
 * <ul>
 *   <li>The model's own reasoning, in its own field or in {@code <think>}, is reasoning, too. Text after it that does not start with a
 *       heading is the answer.
 *   <li>A reply without a line {@code === Answer}: all text was reported as reasoning, and at the end the whole text is the answer.
 *       If such a reply is truncated, this applies only if it has no headings at all; otherwise it has no answer.
 *   <li>The result is not part of the answer's text if the reply has a line {@code === Answer}, unless the text before announces it, it is
 *       not the only such line, or the caller has asked for it. If it is the whole answer, the answer is the bare result.
 *   <li>Tool calls, refusals and images are part of the answer. Text before them is reasoning unless the answer has started.
 * </ul>
 *
 * @see FormatLine the tolerated variants of these lines
 */
public final class SampleReader {
    private final SampleListener listener;
    private final AnswerParts answer = new AnswerParts();
    private final PartText reasoning;
    private final PartText answerText;
    private final PartText refusal;
    private final LoopDetector textLoop = new LoopDetector();
    private final LoopDetector reasoningLoop = new LoopDetector();
    private final ReplyText text;

    private boolean inOwnReasoning;
    private boolean textEnded;
    private @Nullable FinishReason reason;

    /**
     * Creates a reader of one reply to a caller who has not asked for the line of the result.
     *
     * @param startsThinking whether the text starts inside the model's own reasoning, without an opening tag
     */
    public SampleReader(boolean startsThinking, SampleListener listener) {
        this(startsThinking, false, listener);
    }

    /**
     * Creates a reader of one reply.
     *
     * @param startsThinking whether the text starts inside the model's own reasoning, without an opening tag
     * @param keepsResult whether the answer has the line of the result, because {@linkplain #isResultAskedFor the caller has asked for it}
     */
    public SampleReader(boolean startsThinking, boolean keepsResult, SampleListener listener) {
        this.listener = listener;
        reasoning = new PartText(listener::onReasoning);
        answerText = new PartText(text -> report(new TurnEvent.AnswerText(text)));
        refusal = new PartText(text -> report(new TurnEvent.RefusalText(text)));
        text = new ReplyText(startsThinking, keepsResult, this::addOwnReasoning, new Parts());
    }

    /**
     * Whether the caller's own messages mention a line {@code Answer: RESULT}, in any of the languages of {@link FormatLine}: then the
     * caller may look for it in the answer.
     */
    public static boolean isResultAskedFor(Prompt prompt) {
        return prompt.messages().stream()
                .filter(message -> message.role() == Role.USER || message.role().isInstruction())
                .anyMatch(message -> FormatLine.mentionsResult(ContentText.of(message.content())));
    }

    /** The parts of the text. */
    private final class Parts implements FormatReader.Sink {
        @Override
        public void onStep(String title) {
            reasoning.end();
            listener.onStep(wellFormed(title));
        }

        @Override
        public void onReasoning(CharSequence piece, int from, int to) {
            if (inOwnReasoning) {
                inOwnReasoning = false;
                reasoning.startSection();
            }
            reasoning.append(piece, from, to);
        }

        @Override
        public void onAnswer(CharSequence piece, int from, int to) {
            answerText.append(piece, from, to);
        }
    }

    /** Adds a piece of the reply. */
    public void feed(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            feedText(piece.text());
        } else if (delta instanceof Delta.Reasoning piece) {
            reasoningLoop.feed(piece.text());
            addOwnReasoning(piece.text(), 0, piece.text().length());
        } else if (delta instanceof Delta.Refusal piece) {
            if (!textEnded && !piece.text().isBlank()) {
                endText(true);
            }
            refusal.append(piece.text(), 0, piece.text().length());
        } else if (delta instanceof Delta.Image image) {
            endText(true);
            if (answer.isEmpty()) {
                text.showIfPlain();
            }
            report(new TurnEvent.Image(image.json()));
        } else if (delta instanceof Delta.ToolCall piece) {
            endText(true);
            report(new TurnEvent.ToolCall(piece));
        }
    }

    private void feedText(String piece) {
        textLoop.feed(piece);
        if (textEnded) {
            answerText.append(piece, 0, piece.length());
        } else {
            text.feed(piece);
        }
    }

    private void addOwnReasoning(CharSequence piece, int from, int to) {
        if (text.hasAnswerPart() || textEnded) {
            return; // after the start of the answer there is no step to show it in
        }
        if (!inOwnReasoning) {
            inOwnReasoning = true;
            reasoning.startSection();
        }
        reasoning.append(piece, from, to);
        if (reasoning.hasText()) {
            text.startAfterOwnReasoning();
        }
    }

    private void report(TurnEvent event) {
        answer.add(event);
        listener.onAnswer(event);
    }

    /** Ends the text, before output of another type or at the end of the reply. */
    private void endText(boolean complete) {
        if (!textEnded) {
            textEnded = true;
            text.end(complete);
            reasoning.end();
            textLoop.end();
            reasoningLoop.end();
        }
    }

    /**
     * The reply has ended.
     *
     * @param why whether it is complete
     */
    public void end(FinishReason why) {
        reason = why;
        endText(why.isComplete());
        refusal.end();
        if (answer.isEmpty()) {
            text.showLateAnswer(why.isComplete());
        }
        answerText.end();
    }

    private static String wellFormed(String title) {
        StringBuilder copy = new StringBuilder(title);
        SurrogateGuard.replaceUnpaired(copy, 0, copy.length());
        return copy.toString();
    }

    /** Whether the answer has started: then the reply cannot be repeated without losing what was shown. */
    public boolean hasAnswer() {
        return !answer.isEmpty();
    }

    /** Whether the text has come to its answer, although nothing of it may have been reported yet. */
    public boolean isInAnswer() {
        return text.hasAnswerPart();
    }

    /** Whether the reply has ended, was not truncated, and has an answer. */
    public boolean isComplete() {
        return reason != null && reason.isComplete() && hasAnswer();
    }

    /** Whether the reply repeats itself: the call should be cancelled unless its answer is shown already. */
    public boolean isRepeating() {
        return textLoop.isFound() || reasoningLoop.isFound();
    }

    /** The answer so far: text, refusal, images and tool calls. Pieces of one text are joined. */
    public List<TurnEvent> answer() {
        return answer.events();
    }

    /**
     * Whether the reply is in the format: a line {@code === Answer} starts its answer. Otherwise the model has ignored the instructions.
     * Valid after the end.
     */
    boolean hasFormat() {
        return text.hasFormat();
    }

    /** The reply's text without the model's own reasoning: steps, answer and result, as the model wrote them. */
    public String text() {
        return text.toString();
    }

    /** The same; if it repeats itself, without the repetitions. */
    public String textWithoutRepetition() {
        LoopDetector loop = new LoopDetector();
        loop.feed(text());
        loop.end();
        return loop.withoutRepetition(text());
    }

    /**
     * The number of characters at the start of the reply's text that are not the answer, for {@link
     * org.o1api.reasoning.ModelCalls#setUntaggedReasoning}.
     */
    public int untaggedReasoningLength() {
        return text.lengthBeforeAnswer();
    }
}
