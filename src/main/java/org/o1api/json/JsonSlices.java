package org.o1api.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/**
 * Splits JSON objects and arrays into their members and elements. Each value is an unmodified slice of the text:
 * numbers, escapes, duplicate keys and white space inside it stay as they are. The JSON must have been validated
 * before: it is parsed without limits, and invalid JSON causes an {@link UncheckedIOException}.
 */
public final class JsonSlices {
    private JsonSlices() {}

    /**
     * A member of an object.
     *
     * @param name the name, unescaped
     */
    public record Member(String name, RawJson value) {}

    /** Returns the members of an object in order, including duplicates; empty if the value is not an object. */
    public static List<Member> members(RawJson object) {
        return JsonSlice.of(object).members().stream()
                .map(member -> new Member(member.name(), member.value().raw()))
                .toList();
    }

    /** Returns the elements of an array in order; empty if the value is not an array. */
    public static List<RawJson> elements(RawJson list) {
        return JsonSlice.of(list).elements().stream().map(JsonSlice::raw).toList();
    }

    /**
     * Returns the text of a member of an object, unescaped; null if there is no such member, or it is no string. Of duplicates the last one
     * counts. No other value is copied.
     */
    public static @Nullable String text(RawJson object, String name) {
        @Nullable String found = null;
        try (JsonParser json = Json.trusted().of(object.text())) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isNamed = json.currentName().equals(name);
                    JsonToken value = json.nextToken();
                    if (isNamed) {
                        found = value == JsonToken.VALUE_STRING ? json.getText() : null;
                    }
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a validated object", e);
        }
        return found;
    }

    /** Returns the content of a JSON string, unescaped; empty for null; the JSON text of any other value. */
    public static String string(RawJson value) {
        return JsonSlice.of(value).string();
    }

    /** Whether a text is exactly one JSON object or array. The text need not have been validated before. */
    public static boolean isObjectOrArray(String text) {
        try (JsonParser json = Json.trusted().of(text)) {
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

    /** Returns a parser of a validated text, without limits. */
    static JsonParser parser(RawJson value) throws IOException {
        return Json.trusted().of(value.text());
    }

    /** Encodes a text as a JSON string. */
    public static String quoted(String text) {
        return '"'
                + (needsEscapes(text)
                        ? new String(JsonStringEncoder.getInstance().quoteAsString(text))
                        : text)
                + '"';
    }

    /** Whether a text is not the same inside quotes. Images in base64 are: encoding them would take several times their memory. */
    private static boolean needsEscapes(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    /** Returns the current value of a parser of this text, as {@link JsonSlice#value} does. */
    static RawJson value(JsonParser json, String text) throws IOException {
        return JsonSlice.value(json, text, 0).raw();
    }
}
