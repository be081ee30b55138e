package org.o1api.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.o1api.model.GatewayException;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.StepHeading;

/** Renders the events of a turn as text in the requested reasoning format: step headings, step texts, the answer. */
public final class ReasoningFormatter implements StreamClient {
    private final ReasoningFormat format;
    private final StepHeading stepHeading;
    private final AnswerWriter writer;
    /** The content as the client gets it, if the format puts the reasoning there. */
    private final StringBuilder sentContent = new StringBuilder();

    private final ThinkTagEscaper escaper = new ThinkTagEscaper();
    private final long startNanos = System.nanoTime();
    private boolean inReasoning;
    private boolean headingEnded;
    /** A step with a label that has started before its call's first text. Its heading waits for that. */
    private TurnEvent.@Nullable StepStarted waitingStep;
    /** A title that was reported after text of its step. It becomes a heading before the next text. Empty: none. */
    private String lateTitle = "";

    private boolean answerStarted;
    private boolean afterCarriageReturn;
    private boolean contentReplayed;

    public ReasoningFormatter(ReasoningFormat format, StepHeading stepHeading, AnswerWriter writer) {
        this.format = format;
        this.stepHeading = stepHeading;
        this.writer = writer;
    }

    @Override
    public void write(TurnEvent event) {
        if (event instanceof TurnEvent.StepText text) {
            stepText(text.text());
        } else if (event instanceof TurnEvent.AnswerText text) {
            answerText(text.text());
        } else if (event instanceof TurnEvent.StepStarted started) {
            stepStarted(started);
        } else if (event instanceof TurnEvent.StepTitled titled) {
            stepTitled(titled.title());
        } else if (event instanceof TurnEvent.StepEnded) {
            stepEnded();
        } else if (event instanceof TurnEvent.RefusalText text) {
            startAnswer();
            writer.refusal(text.text());
        } else if (event instanceof TurnEvent.Image image) {
            startAnswer();
            writer.image(image.json());
        } else if (event instanceof TurnEvent.ToolCall call) {
            startAnswer();
            writer.toolCall(call.piece());
        } else if (event instanceof TurnEvent.Completed completed) {
            completed(completed);
        }
    }

    @Override
    public void trace(TurnEvent event) {
        writer.trace(event);
    }

    @Override
    public boolean isTraced() {
        return writer.isTraced();
    }

    @Override
    public void flush() {
        writer.flush();
    }

    @Override
    public void end() {
        writer.end();
    }

    @Override
    public byte[] errorEvents(GatewayException failure) {
        return writer.errorEvents(failure);
    }

    @Override
    public void accepted() {
        writer.accepted();
    }

    @Override
    public boolean isBuffered() {
        return writer.isBuffered();
    }

    @Override
    public @Nullable String sentContent() {
        return format.isInContent() ? sentContent.toString() : null;
    }

    @Override
    public void replayContent(String sent) {
        if (format.isInContent()) {
            writer.content(sent);
            contentReplayed = true;
        }
    }

    private void writeContent(String text) {
        if (!contentReplayed) {
            if (format.isInContent()) {
                sentContent.append(text);
            }
            writer.content(text);
        }
    }

    /**
     * A step without a label starts with its first text. Others may start before, and their headings wait: they must not begin the
     * response, whose status tells whether the provider has failed.
     */
    private void stepStarted(TurnEvent.StepStarted started) {
        showWaitingHeading();
        if (started.label() == null) {
            showHeading(started);
        } else {
            waitingStep = started;
        }
    }

    private void showWaitingHeading() {
        TurnEvent.StepStarted step = waitingStep;
        if (step != null) {
            waitingStep = null;
            showHeading(step);
        }
    }

    private void showHeading(TurnEvent.StepStarted started) {
        if (!inReasoning && format == ReasoningFormat.THINK) {
            writeTag(ThinkBlock.START);
        }
        headingEnded = false;
        lateTitle = "";
        String number = stepHeading.text(started.step());
        switch (format) {
            case DETAILS ->
                writeReasoning((inReasoning ? "\n" : "") + "<details open>\n<summary>" + escapeHtml(number));
            case MARKDOWN -> writeReasoning("\n\n## " + number);
            default -> writeReasoning((inReasoning ? "\n\n" : "") + "## " + number);
        }
        inReasoning = true;
        if (started.label() != null) {
            endHeading(started.label());
        }
    }

    private void stepTitled(String title) {
        showWaitingHeading();
        if (headingEnded) {
            lateTitle = line(title);
        } else {
            endHeading(title);
        }
    }

    private void endHeading(String title) {
        String line = line(title);
        writeReasoning(line.isEmpty() ? "" : ": " + (format == ReasoningFormat.DETAILS ? escapeHtml(line) : line));
        endHeading();
    }

    private static String line(String title) {
        return title.strip().replaceAll("\\R", " ");
    }

    private void stepText(String text) {
        showWaitingHeading();
        endHeading();
        String titled = lateTitle.isEmpty() ? text : "\n\n" + heading(lateTitle) + "\n" + text.stripLeading();
        lateTitle = "";
        writeReasoning(format == ReasoningFormat.DETAILS ? escapeHtml(titled) : titled);
    }

    /** Returns a heading within a step. */
    private String heading(String title) {
        return format == ReasoningFormat.DETAILS ? title : "### " + title;
    }

    private void stepEnded() {
        showWaitingHeading();
        endHeading();
        if (format == ReasoningFormat.DETAILS) {
            writeReasoning("\n</details>");
        }
    }

    private void endHeading() {
        if (!headingEnded) {
            headingEnded = true;
            afterCarriageReturn = false;
            writeReasoning(format == ReasoningFormat.DETAILS ? "</summary>\n" : "\n");
        }
    }

    private void writeReasoning(String text) {
        switch (format) {
            case NONE -> {}
            case THINK -> writeContent(escaper.append(text));
            case MARKDOWN, DETAILS -> writeContent(text);
            case REASONING_CONTENT, REASONING, BOTH -> writer.reasoning(text);
        }
    }

    private void answerText(String text) {
        startAnswer();
        if (!answerStarted) {
            answerStarted = true;
            if (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS) {
                writeContent("\n\n### Final Answer\n");
            }
        }
        writeContent(text);
    }

    private void startAnswer() {
        showWaitingHeading();
        if (inReasoning && format == ReasoningFormat.THINK) {
            writeContent(escaper.finish());
            writeTag(ThinkBlock.END);
        }
        inReasoning = false;
    }

    /** Writes a tag as a separate chunk. */
    private void writeTag(String tag) {
        writer.flush();
        writeContent(tag);
        writer.flush();
    }

    private void completed(TurnEvent.Completed end) {
        startAnswer(); // closes the think block even if there is no answer
        if (answerStarted && (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS)) {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            writeContent(String.format(Locale.ROOT, "\n\n**Total thinking time: %.2f seconds**", seconds));
        }
        writer.completed(end);
    }

    /** Escapes text as HTML and converts line breaks, including a {@code \r\n} that is split between two texts. */
    private String escapeHtml(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '\r' -> html.append("<br>");
                case '\n' -> html.append(afterCarriageReturn ? "" : "<br>");
                default -> html.append(c);
            }
            afterCarriageReturn = c == '\r';
        }
        return html.toString();
    }
}
