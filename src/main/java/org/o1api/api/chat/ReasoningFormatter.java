package org.o1api.api.chat;

import java.util.Locale;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnUsage;
import org.o1api.reasoning.TurnListener;

/** Writes a turn as text, in the caller's reasoning format: a heading for each step, the step's text, the answer. */
final class ReasoningFormatter implements TurnListener {
    private final ReasoningFormat format;
    private final ChatWriter reply;
    private final boolean whole;
    private final ThinkTagEscaper thinkText = new ThinkTagEscaper();
    private final long startNanos = System.nanoTime();
    private boolean reasoned;
    private boolean headed;
    /** A title that came after text of its step: it heads the text that follows. Empty: there is none. */
    private String lateTitle = "";

    private boolean answered;
    private boolean afterCarriageReturn;

    /**
     * Writes into a reply.
     *
     * @param whole whether the client gets nothing before the turn is complete
     */
    ReasoningFormatter(ReasoningFormat format, ChatWriter reply, boolean whole) {
        this.format = format;
        this.reply = reply;
        this.whole = whole;
    }

    @Override
    public boolean isBuffered() {
        return whole;
    }

    @Override
    public void accepted() {
        reply.accepted();
    }

    @Override
    public void stepStarted(int number) {
        if (!reasoned && format == ReasoningFormat.THINK) {
            tag(ThinkBlock.START);
        }
        headed = false;
        lateTitle = "";
        switch (format) {
            case DETAILS -> reason((reasoned ? "\n" : "") + "<details open>\n<summary>Step " + number);
            case MARKDOWN -> reason("\n\n## Step " + number);
            default -> reason((reasoned ? "\n\n" : "") + "## Step " + number);
        }
        reasoned = true;
    }

    @Override
    public void stepTitled(int number, String title) {
        String line = title.strip().replaceAll("\\R", " ");
        if (headed) {
            lateTitle = line;
        } else {
            reason(line.isEmpty() ? "" : ": " + (format == ReasoningFormat.DETAILS ? escaped(line) : line));
            endHeading();
        }
    }

    @Override
    public void stepText(int number, String text) {
        endHeading();
        String titled = lateTitle.isEmpty() ? text : "\n\n" + heading(lateTitle) + "\n" + text.stripLeading();
        lateTitle = "";
        reason(format == ReasoningFormat.DETAILS ? escaped(titled) : titled);
    }

    /** A heading within a step. */
    private String heading(String title) {
        return format == ReasoningFormat.DETAILS ? title : "### " + title;
    }

    @Override
    public void stepEnded(int number) {
        endHeading();
        if (format == ReasoningFormat.DETAILS) {
            reason("\n</details>");
        }
    }

    private void endHeading() {
        if (!headed) {
            headed = true;
            afterCarriageReturn = false;
            reason(format == ReasoningFormat.DETAILS ? "</summary>\n" : "\n");
        }
    }

    private void reason(String text) {
        switch (format) {
            case NONE -> {}
            case THINK -> reply.content(thinkText.append(text));
            case MARKDOWN, DETAILS -> reply.content(text);
            case REASONING_CONTENT, REASONING, BOTH -> reply.reasoning(text);
        }
    }

    @Override
    public void answerText(String text) {
        beginAnswer();
        if (!answered) {
            answered = true;
            if (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS) {
                reply.content("\n\n### Final Answer\n");
            }
        }
        reply.content(text);
    }

    @Override
    public void refusalText(String text) {
        beginAnswer();
        reply.refusal(text);
    }

    @Override
    public void image(RawJson json) {
        beginAnswer();
        reply.image(json);
    }

    @Override
    public void toolCall(Delta.ToolCall piece) {
        beginAnswer();
        reply.toolCall(piece);
    }

    private void beginAnswer() {
        if (reasoned && format == ReasoningFormat.THINK) {
            reply.content(thinkText.finish());
            tag(ThinkBlock.END);
        }
        reasoned = false;
    }

    /** A tag is a delta of its own. */
    private void tag(String tag) {
        reply.flush();
        reply.content(tag);
        reply.flush();
    }

    @Override
    public void completed(FinishReason reason, TurnUsage usage) {
        beginAnswer(); // the block is closed without an answer too
        if (answered && (format == ReasoningFormat.MARKDOWN || format == ReasoningFormat.DETAILS)) {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            reply.content(String.format(Locale.ROOT, "\n\n**Total thinking time: %.2f seconds**", seconds));
        }
        reply.completed(reason, usage);
    }

    @Override
    public void flush() {
        reply.flush();
    }

    /** Text as HTML, line breaks kept, also where {@code \r\n} comes in two pieces. */
    private String escaped(String text) {
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
