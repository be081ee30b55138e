package org.o1api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.o1api.model.RawJson;

/**
 * A value in a larger JSON text, which is not copied and must have been validated before: it is parsed without limits, and invalid JSON
 * causes an {@link UncheckedIOException}.
 *
 * @param start the index of its first character
 * @param end the index after it
 */
public record JsonSlice(String source, int start, int end) {
    /**
     * A member of an object.
     *
     * @param name the name, unescaped
     */
    public record Member(String name, JsonSlice value) {}

    /** The whole of a value. */
    public static JsonSlice of(RawJson value) {
        return new JsonSlice(value.text(), 0, value.text().length());
    }

    /** The first character, which tells the type. */
    public char first() {
        return source.charAt(start);
    }

    /** Whether the value is the same text as another. */
    public boolean is(String text) {
        return text.length() == end - start && source.startsWith(text, start);
    }

    /** Returns a copy of the value. */
    public RawJson raw() {
        return new RawJson(source.substring(start, end));
    }

    /** Returns the content of a string, unescaped; empty for null; the JSON text of any other value. */
    public String string() {
        try (JsonParser json = parser()) {
            return switch (json.nextToken()) {
                case VALUE_NULL -> "";
                case VALUE_STRING -> json.getText();
                default -> raw().text();
            };
        } catch (IOException e) {
            throw new UncheckedIOException("a validated value", e);
        }
    }

    /** Returns the members of an object in order, including duplicates; empty if the value is not an object. */
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        try (JsonParser json = parser()) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    members.add(new Member(name, value(json, source, start)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a validated object", e);
        }
        return members;
    }

    /** Returns the elements of an array in order; empty if the value is not an array. */
    public List<JsonSlice> elements() {
        List<JsonSlice> elements = new ArrayList<>();
        try (JsonParser json = parser()) {
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json, source, start));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a validated array", e);
        }
        return elements;
    }

    private JsonParser parser() {
        return Json.trusted().of(source, start, end);
    }

    /**
     * Returns the current value of a parser, which advances to its end, unless the value is a string, which it then skips.
     *
     * @param offset where the parser has started in the source
     */
    static JsonSlice value(JsonParser json, String source, int offset) throws IOException {
        int start = offset + (int) json.currentTokenLocation().getCharOffset();
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return new JsonSlice(source, start, JsonStrings.end(source, start));
        }
        if (!json.currentToken().isStructStart()) { // the parser's location may already be past the value
            return new JsonSlice(source, start, start + json.getTextLength());
        }
        json.skipChildren();
        return new JsonSlice(
                source, start, offset + (int) json.currentLocation().getCharOffset());
    }

    @Override
    public String toString() {
        return raw().text();
    }
}
