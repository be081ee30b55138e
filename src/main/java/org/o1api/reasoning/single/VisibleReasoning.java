package org.o1api.reasoning.single;

import org.o1api.model.TurnEvent;
import org.o1api.reasoning.TurnLog;
import org.o1api.reasoning.sampling.SampleListener;

/** Shows a reply: each of its steps as a step, text before the first one as a step without a title, then the answer. */
final class VisibleReasoning implements SampleListener {
    private final TurnLog out;
    /** Whether the answer is shown as reasoning, because another call gives the answer. */
    private final boolean isDraft;

    private final Runnable beforeAnswer;
    private int step;
    private boolean isOpen;
    private boolean hasText;
    private boolean draftStarted;
    private boolean hasAnswer;
    /** Whether the rest of the answer is not shown. */
    private boolean hidesAnswer;

    /**
     * Creates a view without steps.
     *
     * @param isDraft whether text of the answer is shown as reasoning, because another call gives the answer
     * @param beforeAnswer runs before the answer starts
     */
    VisibleReasoning(boolean isDraft, Runnable beforeAnswer, TurnLog out) {
        this.isDraft = isDraft;
        this.beforeAnswer = beforeAnswer;
        this.out = out;
    }

    @Override
    public void onStep(String title) {
        close();
        start();
        if (!title.isEmpty()) {
            out.stepTitled(step, title);
        }
    }

    private void start() {
        step++;
        isOpen = true;
        hasText = false;
        out.stepStarted(step);
    }

    @Override
    public void onReasoning(String text) {
        show(text);
    }

    private void show(String text) {
        if (!isOpen) {
            start();
        }
        hasText = true;
        out.stepText(step, text);
    }

    @Override
    public void onAnswer(TurnEvent event) {
        if (hidesAnswer) {
            return;
        }
        if (isDraft && event instanceof TurnEvent.AnswerText piece) {
            showDraft(piece.text());
        } else {
            close();
            if (!hasAnswer) {
                hasAnswer = true;
                beforeAnswer.run();
            }
            out.write(event);
        }
    }

    /** Whether the answer has started. */
    boolean hasAnswer() {
        return hasAnswer;
    }

    /**
     * Another call gives the answer, because the reply was cut: what follows of its answer is not shown, except as a draft.
     *
     * @param inAnswer whether the text has come to its answer; otherwise all of it is shown as reasoning already
     */
    void replaceAnswer(boolean inAnswer) {
        hidesAnswer = !(isDraft && inAnswer);
    }

    private void showDraft(String text) {
        if (!draftStarted && hasText) {
            show("\n\n");
        }
        draftStarted = true;
        show(text);
    }

    /** Ends the open step, if there is one. */
    void close() {
        if (isOpen) {
            isOpen = false;
            out.stepEnded(step);
        }
    }

    /** Ends the open step, if there is one, with a note as its last line. */
    void closeWithNote(String note) {
        if (isOpen) {
            out.stepText(step, (hasText ? "\n\n" : "") + "*" + note + "*");
            close();
        }
    }

    /** The reply broke off: the step that was open, if any, is repeated, and so are those after it. */
    void retry(String note) {
        if (isOpen) {
            closeWithNote(note);
            step--;
        }
        draftStarted = false;
    }

    /** The number of the next step. */
    int nextStep() {
        return step + 1;
    }
}
