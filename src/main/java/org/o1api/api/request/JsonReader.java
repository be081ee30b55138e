package org.o1api.api.request;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.api.RequestJson;
import org.o1api.json.JsonSlice;
import org.o1api.json.JsonStrings;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** Reads a JSON text value by value, either as typed values or as unmodified JSON. */
public final class JsonReader implements AutoCloseable {
    private static final int MAX_NAME_LENGTH = 256;

    /** Empty once the reader is closed, since it may be referred to for longer. */
    private String text;

    private final JsonParser json;

    /** Creates a reader with the limits for the structure of the JSON. */
    public JsonReader(String text, ApiSettings.RequestLimits limits) {
        this.text = text;
        json = RequestJson.parser(text, limits);
    }

    /** Advances to the next token and returns its type; null at the end. */
    public @Nullable JsonToken next() {
        try {
            return json.nextToken();
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    public JsonToken current() {
        return json.currentToken();
    }

    /**
     * Reads a request body, which must be one object.
     *
     * @param field reads or skips the current value, that of the field with this name; fields that are null are left out
     */
    public void readBody(Consumer<String> field) {
        if (next() != JsonToken.START_OBJECT) {
            throw RequestJson.notAnObject();
        }
        for (String name = nextField(); name != null; name = nextField()) {
            field.accept(name);
        }
        if (next() != null) {
            throw RequestJson.trailingContent();
        }
    }

    /**
     * Advances to the value of the next field and returns the field's name; null at the end of the object. Fields that
     * are null are skipped, since they count as absent.
     */
    public @Nullable String nextField() {
        while (next() == JsonToken.FIELD_NAME) {
            String name = currentName();
            if (next() != JsonToken.VALUE_NULL) {
                return name;
            }
        }
        return null;
    }

    /** Like {@link #nextField}, but does not skip fields that are null. */
    public @Nullable String nextFieldOrNull() {
        if (next() != JsonToken.FIELD_NAME) {
            return null;
        }
        String name = currentName();
        next();
        return name;
    }

    private String currentName() {
        try {
            return json.currentName();
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    /** Skips the current value. */
    public void skip() {
        try {
            json.skipChildren();
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    /** Returns the current value as unmodified JSON. */
    public RawJson raw() {
        return slice().raw();
    }

    /** Returns the current value without copying it. It keeps the whole text in memory. */
    public JsonSlice slice() {
        try {
            int start = start();
            if (!json.currentToken().isStructStart() && json.currentToken() != JsonToken.VALUE_STRING) {
                return new JsonSlice(text, start, start + json.getTextLength());
            }
            json.skipChildren();
            return new JsonSlice(text, start, end());
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    /** Returns where the current value starts. */
    public int start() {
        return (int) json.currentTokenLocation().getCharOffset();
    }

    /** Returns where the current value ends, a string or a value that has been read completely. */
    public int end() {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            return (int) json.currentLocation().getCharOffset();
        }
        int end = JsonStrings.end(text, start());
        if (end < 0) {
            next(); // throws, since the string does not end
        }
        return end;
    }

    /** Returns the value that starts at this index and has been read completely, as unmodified JSON. */
    public RawJson rawFrom(int start) {
        return new RawJson(slice(start, end()));
    }

    public char charAt(int index) {
        return text.charAt(index);
    }

    /** Returns a part of the whole text. */
    public String slice(int from, int to) {
        return text.substring(from, to);
    }

    public String string(String path) {
        require(JsonToken.VALUE_STRING, path, "a string");
        return text();
    }

    /** Returns a name. Its length is limited because each event of a stream may contain it. */
    public String name(String path) {
        return requireNameLength(string(path), path);
    }

    /** Returns a name unless it is too long. */
    public static String requireNameLength(String name, String path) {
        if (name.length() > MAX_NAME_LENGTH) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    path,
                    "'" + path + "' must have at most " + MAX_NAME_LENGTH + " characters, not " + name.length() + ".");
        }
        return name;
    }

    /** Returns the text of the current scalar. */
    public String text() {
        try {
            return json.getText();
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
    }

    /** Returns the enum constant with this wire name. */
    public <T> T enumValue(String path, T[] constants, Function<T, String> wireName) {
        String given = string(path);
        List<String> names = new ArrayList<>();
        for (T constant : constants) {
            names.add(wireName.apply(constant));
            if (wireName.apply(constant).equals(given)) {
                return constant;
            }
        }
        throw new RequestException(
                ErrorCode.INVALID_REQUEST, path, "'" + path + "' must be one of " + String.join(", ", names) + ".");
    }

    public boolean bool(String path) {
        if (!json.currentToken().isBoolean()) {
            throw wrongType(path, "true or false");
        }
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    /** Whether the current value is the number 0. */
    public boolean isZero() {
        return json.currentToken().isNumeric() && number("", -Double.MAX_VALUE, Double.MAX_VALUE) == 0;
    }

    public double number(String path, double min, double max) {
        if (!json.currentToken().isNumeric()) {
            throw wrongType(path, "a number");
        }
        double value;
        try {
            value = json.getDoubleValue();
        } catch (IOException e) {
            throw RequestJson.malformed(e);
        }
        if (!(value >= min && value <= max)) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    path,
                    "'" + path + "' must be between " + format(min) + " and " + format(max) + ".");
        }
        return value;
    }

    private static String format(double bound) {
        return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }

    public long positiveInteger(String path) {
        return integer(path, 1);
    }

    /** Returns an integer that is not less than the minimum. */
    public long integer(String path, int min) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrongType(path, "a whole number");
        }
        return (long) number(path, min, Integer.MAX_VALUE);
    }

    /** Throws unless the current value has this type. */
    public void require(JsonToken token, String path, String expected) {
        if (json.currentToken() != token) {
            throw wrongType(path, expected);
        }
    }

    public RequestException wrongType(String path, String expected) {
        return new RequestException(
                ErrorCode.INVALID_REQUEST,
                path,
                "'" + path + "' must be " + expected + ", not " + currentTypeName() + ".");
    }

    private String currentTypeName() {
        JsonToken token = json.currentToken();
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    @Override
    public void close() {
        text = "";
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a reader of memory", e);
        }
    }
}
