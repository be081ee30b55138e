package org.o1api.upstream;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;

/** A provider's message, which may quote the caller's messages and tools: what it quotes is not what it says. */
final class QuotedText {
    /** This much beside a word, equal to the request's text, makes it a quotation. */
    private static final int CONTEXT = 8;

    private final String statement;
    private final List<String> texts = new ArrayList<>();

    QuotedText(String statement, CallRequest request) {
        this.statement = statement;
        for (Message message : request.messages()) {
            if (message.content() instanceof Content.Text text) {
                texts.add(text.text());
            } else if (message.content() instanceof Content.Parts parts) {
                texts.add(parts.json().text());
            }
            message.fields().values().forEach(field -> texts.add(field.text()));
        }
        RawJson tools = request.fields().get("tools");
        if (tools != null) {
            texts.add(tools.text());
        }
    }

    /** Whether the provider itself uses a word. */
    boolean findsOutside(Pattern word) {
        Matcher matcher = word.matcher(statement);
        while (matcher.find()) {
            if (!isQuoted(matcher.start(), matcher.end())) {
                return true;
            }
        }
        return false;
    }

    private boolean isQuoted(int start, int end) {
        String before = statement.substring(Math.max(0, start - CONTEXT), end);
        String after = statement.substring(start, Math.min(statement.length(), end + CONTEXT));
        return texts.stream()
                .anyMatch(text -> (start >= CONTEXT && text.contains(before))
                        || (end + CONTEXT <= statement.length() && text.contains(after))
                        || quotesAll(text, start, end));
    }

    /** Whether the word lies in a quotation of a whole text. */
    private boolean quotesAll(String text, int start, int end) {
        int length = text.length();
        if (length < end - start || length > statement.length()) {
            return false;
        }
        int at = statement.lastIndexOf(text, start);
        return at >= 0 && at + length >= end;
    }
}
