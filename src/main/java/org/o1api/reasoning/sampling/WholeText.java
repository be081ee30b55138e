package org.o1api.reasoning.sampling;

/** The whole text of a reply as an answer: its headings {@code === Step: TITLE} become headings of Markdown. */
final class WholeText {
    private static final String HEADING = "### ";

    private WholeText() {}

    static String of(String text) {
        StringBuilder whole = new StringBuilder();
        PartText part = new PartText(whole::append);
        CodeFence fence = new CodeFence();
        for (int start = 0; start < text.length(); ) {
            int lineBreak = text.indexOf('\n', start);
            int end = lineBreak < 0 ? text.length() : lineBreak;
            int next = lineBreak < 0 ? end : lineBreak + 1;
            FormatLine heading = fence.isOpen() ? null : FormatLine.heading(text, start, end, false);
            if (heading == null) {
                fence.read(text, start, end);
                part.append(text, start, next);
            } else {
                part.startSection();
                if (!heading.text().isEmpty()) {
                    part.append(
                            HEADING + heading.text(),
                            0,
                            HEADING.length() + heading.text().length());
                    part.startSection();
                }
            }
            start = next;
        }
        part.end();
        return whole.toString();
    }
}
