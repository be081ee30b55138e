package org.o1api.upstream;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** Searches a provider's message and ignores the parts that quote the request's messages and tools. */
final class UnquotedText {
    /** This many characters next to a word, equal to the request's text, make it a quotation. */
    private static final int QUOTE_CONTEXT = 8;

    private static final Map<String, String> GATEWAY_FIELDS = Map.of("stream", "true", "stream_options", "{");
    private static final Pattern BEFORE_NAME = Pattern.compile("[{,]\\s*\\\\?[\"']$");
    private static final Pattern AFTER_NAME = Pattern.compile("\\\\?[\"']\\s*:\\s*\\\\?[\"']?(.{1,4})", Pattern.DOTALL);

    private final String errorText;
    private final CallRequest request;
    private @Nullable List<String> texts;

    UnquotedText(String errorText, CallRequest request) {
        this.errorText = errorText;
        this.request = request;
    }

    /** The texts of the request; computed only if the message contains a word that is searched for. */
    private List<String> texts() {
        if (texts != null) {
            return texts;
        }
        List<String> collected = new ArrayList<>();
        for (Message message : request.messages()) {
            if (message.content() instanceof Content.Text text) {
                collected.add(text.text());
                collected.add(new String(JsonStringEncoder.getInstance().quoteAsString(text.text())));
            } else if (message.content() instanceof Content.Parts parts) {
                collected.add(parts.json().text());
            }
            message.fields().values().forEach(field -> collected.add(field.text()));
            message.reasoning().values().forEach(field -> collected.add(field.text()));
            collected.add(ReasoningText.of(message.reasoning()));
        }
        RawJson tools = request.fields().get("tools");
        if (tools != null) {
            collected.add(tools.text());
        }
        texts = collected;
        return collected;
    }

    /** Whether a pattern occurs outside quotations. */
    boolean contains(Pattern word) {
        Matcher matcher = word.matcher(errorText);
        while (matcher.find()) {
            if (!isQuoted(matcher.start(), matcher.end())) {
                return true;
            }
        }
        return false;
    }

    /** The occurrences of a pattern outside quotations. */
    List<MatchResult> matches(Pattern word) {
        return word.matcher(errorText)
                .results()
                .filter(found -> !isQuoted(found.start(), found.end()))
                .toList();
    }

    private boolean isQuoted(int start, int end) {
        if (isQuotedFieldName(start, end)) {
            return true;
        }
        String before = errorText.substring(Math.max(0, start - QUOTE_CONTEXT), end);
        String after = errorText.substring(start, Math.min(errorText.length(), end + QUOTE_CONTEXT));
        return texts().stream()
                .anyMatch(text -> (start >= QUOTE_CONTEXT && text.contains(before))
                        || (end + QUOTE_CONTEXT <= errorText.length() && text.contains(after))
                        || isInsideQuotedText(text, start, end));
    }

    /** Whether the word is a field name in quoted JSON of the request: the field's value follows. */
    private boolean isQuotedFieldName(int start, int end) {
        String name = errorText.substring(start, end);
        RawJson field = request.fields().get(name);
        String value = field == null ? GATEWAY_FIELDS.get(name) : field.text();
        Matcher after = AFTER_NAME.matcher(errorText).region(end, errorText.length());
        return value != null
                && BEFORE_NAME
                        .matcher(errorText.substring(Math.max(0, start - 10), start))
                        .find()
                && after.lookingAt()
                && startsWith(value.replace("\"", ""), after.group(1));
    }

    private static boolean startsWith(String value, String found) {
        return value.regionMatches(true, 0, found, 0, Math.min(found.length(), value.length()));
    }

    /** Whether the word is inside a quotation of a whole text. */
    private boolean isInsideQuotedText(String text, int start, int end) {
        int length = text.length();
        if (length < end - start || length > errorText.length()) {
            return false;
        }
        int at = errorText.lastIndexOf(text, start);
        return at >= 0 && at + length >= end;
    }
}
