package org.o1api.api.chat;

import java.util.Locale;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnUsage;

/** Renders the events of a turn as text in the requested reasoning format: step headings, step texts, the answer. */
final class ReasoningFormatter implements TurnListener {
    private final ReasoningFormat format;
    private final ChatWriter writer;
    private final boolean buffered;
    private final ThinkTagEscaper escaper = new ThinkTagEscaper();
    private final long startNanos = System.nanoTime();
    private boolean inReasoning;
    private boolean headingEnded;
    /** A title that was reported after text of its step. It becomes a heading before the next text. Empty: none. */
    private String lateTitle = "";

    private boolean answerStarted;
    private boolean afterCarriageReturn;

    /**
     * Creates a formatter.
     *
     * @param buffered whether the client receives nothing until the turn is complete
     */
    ReasoningFormatter(ReasoningFormat format, ChatWriter writer, boolean buffered) {
        this.format = format;
        this.writer = writer;
        this.buffered = buffered;
    }

    @Override
    public boolean isBuffered() {
        return buffered;
    }

    @Override
    public void accepted() {
        writer.accepted();
    }

    @Override
    public void stepStarted(int number) {
        if (!inReasoning && format == ReasoningFormat.THINK) {
            writeTag(ThinkBlock.START);
        }
        headingEnded = false;
        lateTitle = "";
        switch (format) {
            case DETAILS -> writeReasoning((inReasoning ? "\n" : "") + "<details open>\n<summary>Step " + number);
            case MARKDOWN -> writeReasoning("\n\n## Step " + number);
            default -> writeReasoning((inReasoning ? "\n\n" : "") + "## Step " + number);
        }
        inReasoning = true;
    }

    @Override
    public void stepTitled(int number, String title) {
        String line = title.strip().replaceAll("\\R", " ");
        if (headingEnded) {
            lateTitle = line;
        } else {
            writeReasoning(line.isEmpty() ? "" : ": " + (format == ReasoningFormat.DETAILS ? escapeHtml(line) : line));
            endHeading();
        }
    }

    @Override
    public void stepText(int number, String text) {
        endHeading();
        String titled = lateTitle.isEmpty() ? text : "\n\n" + heading(lateTitle) + "\n" + text.stripLeading();
        lateTitle = "";
        writeReasoning(format == ReasoningFormat.DETAILS ? escapeHtml(titled) : titled);
    }

    /** Returns a heading within a step. */
    private String heading(String title) {
        return format == ReasoningFormat.DETAILS ? title : "### " + title;
    }

    @Override
    public void stepEnded(int number) {
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
            case THINK -> writer.content(escaper.append(text));
            case MARKDOWN, DETAILS -> writer.content(text);
            case REASONING_CONTENT, REASONING, BOTH -> writer.reasoning(text);
        }
    }

    @Override
    public void answerText(String text) {
        startAnswer();
        if (!answerStarted) {
            answerStarted = true;
            if (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS) {
                writer.content("\n\n### Final Answer\n");
            }
        }
        writer.content(text);
    }

    @Override
    public void refusalText(String text) {
        startAnswer();
        writer.refusal(text);
    }

    @Override
    public void image(RawJson json) {
        startAnswer();
        writer.image(json);
    }

    @Override
    public void toolCall(Delta.ToolCall delta) {
        startAnswer();
        writer.toolCall(delta);
    }

    private void startAnswer() {
        if (inReasoning && format == ReasoningFormat.THINK) {
            writer.content(escaper.finish());
            writeTag(ThinkBlock.END);
        }
        inReasoning = false;
    }

    /** Writes a tag as a separate chunk. */
    private void writeTag(String tag) {
        writer.flush();
        writer.content(tag);
        writer.flush();
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        startAnswer(); // closes the think block even if there is no answer
        if (answerStarted && (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS)) {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            writer.content(String.format(Locale.ROOT, "\n\n**Total thinking time: %.2f seconds**", seconds));
        }
        writer.completed(reason, usage);
    }

    @Override
    public void flush() {
        writer.flush();
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
