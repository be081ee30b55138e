package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.o1api.model.ThinkBlock;

/** Extracts JSON from a reply's text, without the {@code <think>} block and the Markdown code fence that models put around it. */
final class JsonText {
    private static final String FENCE = "```";

    private JsonText() {}

    /** Whether a text is exactly one JSON value. */
    static boolean isJson(String text) {
        try (JsonParser json = ChunkReader.JSON.of(text)) {
            if (json.nextToken() == null) {
                return false;
            }
            json.skipChildren();
            json.finishToken();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a text starts as a JSON object and ends before that is closed. */
    static boolean isTruncatedObject(String text) {
        JsonDepthTracker tracker = new JsonDepthTracker();
        tracker.feed(text);
        return tracker.isOpen() && text.startsWith("{");
    }

    static String extract(StringBuilder reply) {
        String text = withoutThinkBlock(reply).strip();
        if (!text.startsWith(FENCE)) {
            return text;
        }
        int start = FENCE.length();
        while (start < text.length() && Character.isLetterOrDigit(text.charAt(start))) {
            start++;
        }
        int end = endOfFence(text, start);
        return text.substring(start, end).strip();
    }

    /** The end of the fenced text: JSON has no backtick outside strings. */
    private static int endOfFence(String text, int start) {
        boolean inString = false;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString && c == '\\') {
                i++;
            } else if (c == '"') {
                inString = !inString;
            } else if (c == '`' && !inString) {
                return i;
            }
        }
        return text.length();
    }

    private static String withoutThinkBlock(StringBuilder reply) {
        int end = ThinkBlock.endIndex(reply);
        if (end == ThinkBlock.UNCLOSED) {
            return "";
        }
        String text = reply.substring(end).stripLeading();
        int close = text.indexOf(ThinkBlock.END);
        boolean json = text.startsWith("{") || text.startsWith("[") || text.startsWith(FENCE);
        return close < 0 || json ? text : text.substring(close + ThinkBlock.END.length());
    }
}
