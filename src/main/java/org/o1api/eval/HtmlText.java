package org.o1api.eval;

/** Collects HTML. Text is escaped; tags are written as they are. */
final class HtmlText {
    private final StringBuilder html = new StringBuilder();

    /** Adds HTML. Each {@code {}} stands for the next value, which is escaped unless it is an {@code HtmlText}. */
    HtmlText add(String template, Object... values) {
        int from = 0;
        for (Object value : values) {
            int at = template.indexOf("{}", from);
            html.append(template, from, at)
                    .append(value instanceof HtmlText part ? part.toString() : escaped(String.valueOf(value)));
            from = at + 2;
        }
        html.append(template, from, template.length()).append('\n');
        return this;
    }

    /** Escapes a text for HTML and SVG, in elements and in quoted attributes. All line breaks become line feeds. */
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.append(c);
                case '\r' -> escaped.append(text.startsWith("\n", i + 1) ? "" : "\n");
                default -> escaped.append(Character.isISOControl(c) || c == '\uFFFE' || c == '\uFFFF' ? '\uFFFD' : c);
            }
        }
        return escaped.toString();
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
