package org.o1api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.o1api.model.RawJson;

/**
 * The members of an object and the elements of a list, each as its own slice of the text: numbers, escapes, duplicate keys and
 * white space inside a value stay as they are. For JSON that was checked before: it is read without limits, and text that is no
 * JSON is an {@link UncheckedIOException}.
 */
public final class JsonSlices {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .build();

    private JsonSlices() {}

    /**
     * A member of an object.
     *
     * @param name without its escapes
     */
    public record Member(String name, RawJson value) {}

    /** The members of an object in their order, repeated ones included; none if the text is another value. */
    public static List<Member> members(RawJson object) {
        List<Member> members = new ArrayList<>();
        try (JsonParser json = JSON.createParser(object.text())) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    members.add(new Member(name, value(json, object.text())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an object that was read before", e);
        }
        return members;
    }

    /** The elements of a list in their order; none if the text is another value. */
    public static List<RawJson> elements(RawJson list) {
        List<RawJson> elements = new ArrayList<>();
        try (JsonParser json = JSON.createParser(list.text())) {
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json, list.text()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a list that was read before", e);
        }
        return elements;
    }

    /** The text that a JSON string stands for; empty for null, and another value's own text. */
    public static String string(RawJson value) {
        try (JsonParser json = JSON.createParser(value.text())) {
            return switch (json.nextToken()) {
                case VALUE_NULL -> "";
                case VALUE_STRING -> json.getText();
                default -> value.text();
            };
        } catch (IOException e) {
            throw new UncheckedIOException("a value that was read before", e);
        }
    }

    /** Whether a text is one object or one list, and nothing else. It need not have been checked before. */
    public static boolean isObjectOrArray(String text) {
        try (JsonParser json = JSON.createParser(text)) {
            JsonToken first = json.nextToken();
            if (first == null || !first.isStructStart()) {
                return false;
            }
            json.skipChildren();
            return json.currentToken().isStructEnd() && json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** A text as a JSON string. */
    public static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static RawJson value(JsonParser json, String text) throws IOException {
        if (!json.currentToken().isStructStart() && json.currentToken() != JsonToken.VALUE_STRING) {
            return new RawJson(json.getText()); // the parser is a character further, perhaps
        }
        int start = (int) json.currentTokenLocation().getCharOffset();
        json.finishToken();
        json.skipChildren();
        return new RawJson(text.substring(start, (int) json.currentLocation().getCharOffset()));
    }
}
