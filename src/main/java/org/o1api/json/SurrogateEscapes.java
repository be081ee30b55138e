package org.o1api.json;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Escapes of unpaired surrogates in JSON, such as {@code \}{@code ud800}. They are valid JSON but no valid Unicode: UTF-8 cannot encode
 * them, and many programs fail when they do.
 */
public final class SurrogateEscapes {
    private static final String START = "\\u";
    /** The length of an escape. */
    static final int LENGTH = 6;

    private static final String REPLACEMENT = "fffd";

    private SurrogateEscapes() {}

    /** Returns a JSON text with U+FFFD for each unpaired surrogate. The length does not change. Malformed escapes stay as they are. */
    public static String replaceUnpaired(String json) {
        StringBuilder changed = null;
        int at = json.indexOf(START);
        while (at >= 0) {
            int next = at + START.length();
            int unit = isEscaped(json, at) ? -1 : unit(json, at);
            if (isHigh(unit) && isLow(unit(json, at + LENGTH))) {
                next = at + 2 * LENGTH;
            } else if (isHigh(unit) || isLow(unit)) {
                changed = changed == null ? new StringBuilder(json) : changed;
                for (int i = 0; i < REPLACEMENT.length(); i++) { // replace() would copy the rest of the text each time
                    changed.setCharAt(next + i, REPLACEMENT.charAt(i));
                }
            }
            at = json.indexOf(START, next);
        }
        return changed == null ? json : changed.toString();
    }

    /** Returns a JSON text in UTF-8 with U+FFFD for each unpaired surrogate. */
    static byte[] replaceUnpaired(byte[] json) {
        return containsSurrogate(json)
                ? replaceUnpaired(new String(json, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8)
                : json;
    }

    /** Whether a JSON text has an escape of a surrogate, paired or not. */
    private static boolean containsSurrogate(byte[] json) {
        for (int i = 0; i + 2 < json.length; i++) {
            if (json[i] == '\\') {
                i++;
                if (json[i] == 'u' && (json[i + 1] == 'd' || json[i + 1] == 'D')) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether an odd number of backslashes precedes an index, so that the character there is escaped. */
    static boolean isEscaped(String json, int at) {
        int first = at;
        while (first > 0 && json.charAt(first - 1) == '\\') {
            first--;
        }
        return (at - first) % 2 == 1;
    }

    /** Returns the UTF-16 unit of the escape at an index, or -1 if no escape begins there. */
    static int unit(String json, int at) {
        if (!json.startsWith(START, at) || json.length() < at + LENGTH) {
            return -1;
        }
        int unit = 0;
        for (int i = at + START.length(); i < at + LENGTH; i++) {
            if (!HexFormat.isHexDigit(json.charAt(i))) {
                return -1;
            }
            unit = 16 * unit + HexFormat.fromHexDigit(json.charAt(i));
        }
        return unit;
    }

    private static boolean isHigh(int unit) {
        return unit >= Character.MIN_HIGH_SURROGATE && unit <= Character.MAX_HIGH_SURROGATE;
    }

    private static boolean isLow(int unit) {
        return unit >= Character.MIN_LOW_SURROGATE && unit <= Character.MAX_LOW_SURROGATE;
    }
}
