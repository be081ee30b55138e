package org.o1api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A parser of a text that takes its strings from the text itself. The parser behind it still checks them, when it skips them. */
final class TextParser extends JsonParserDelegate {
    private final int offset;

    /** Empty once the parser is closed, since it may be referred to for longer. */
    private String text;

    /**
     * Creates a parser.
     *
     * @param offset where the other parser has started in the text
     */
    TextParser(JsonParser parser, String text, int offset) {
        super(parser);
        this.text = text;
        this.offset = offset;
    }

    @Override
    public String getText() throws IOException {
        if (delegate.currentToken() == JsonToken.VALUE_STRING) {
            int start = offset + (int) delegate.currentTokenLocation().getCharOffset();
            int end = JsonStrings.end(text, start);
            @Nullable String decoded = end < 0 ? null : JsonStrings.decode(text, start, end);
            if (decoded != null) {
                return decoded;
            }
        }
        return delegate.getText(); // throws if the string is malformed
    }

    @Override
    public void close() throws IOException {
        text = "";
        super.close();
    }
}
