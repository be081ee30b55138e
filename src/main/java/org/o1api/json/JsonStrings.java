package org.o1api.json;

import org.jspecify.annotations.Nullable;

/**
 * The strings in a JSON text. They are found and decoded without a parser's buffers, which take several times the size of a large string.
 */
public final class JsonStrings {
    private static final String ESCAPED = "\"\\/bfnrt";
    private static final String UNESCAPED = "\"\\/\b\f\n\r\t";

    private JsonStrings() {}

    /** Returns the index after the string that starts at an index; -1 if the string does not end. */
    public static int end(String json, int start) {
        int quote = json.indexOf('"', start + 1);
        while (quote >= 0 && SurrogateEscapes.isEscaped(json, quote)) {
            quote = json.indexOf('"', quote + 1);
        }
        return quote + (quote < 0 ? 0 : 1);
    }

    /**
     * Decodes a string. Everything but its escapes is taken as it is.
     *
     * @param start the index of the opening quote
     * @param end the index after the closing quote
     * @return null if an escape is malformed
     */
    static @Nullable String decode(String json, int start, int end) {
        int last = end - 1;
        int escape = indexOfEscape(json, start + 1, last);
        if (escape == last) {
            return json.substring(start + 1, last);
        }
        StringBuilder decoded = new StringBuilder(last - start);
        int copied = start + 1;
        while (escape < last) {
            decoded.append(json, copied, escape);
            int kind = ESCAPED.indexOf(json.charAt(escape + 1));
            if (kind >= 0) {
                decoded.append(UNESCAPED.charAt(kind));
                copied = escape + 2;
            } else {
                int unit = SurrogateEscapes.unit(json, escape);
                if (unit < 0) {
                    return null;
                }
                decoded.append((char) unit);
                copied = escape + SurrogateEscapes.LENGTH;
            }
            escape = indexOfEscape(json, copied, last);
        }
        return decoded.append(json, copied, last).toString();
    }

    private static int indexOfEscape(String json, int from, int to) {
        int at = from;
        while (at < to && json.charAt(at) != '\\') {
            at++;
        }
        return at;
    }
}
