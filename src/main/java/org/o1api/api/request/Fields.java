package org.o1api.api.request;

import static org.o1api.api.RequestException.require;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.json.JsonSlice;
import org.o1api.model.RawJson;
import org.o1api.model.ToolCall;

/** The fields of an object in a request. Null values count as absent; of duplicate fields the last one counts. */
public final class Fields {
    private final String path;
    private final Map<String, JsonSlice> values;

    /**
     * Reads an object.
     *
     * @throws RequestException if the value is not an object
     */
    public Fields(RawJson object, String path) {
        this(JsonSlice.of(object), path);
    }

    /**
     * Reads an object. Its values are not copied until they are returned.
     *
     * @throws RequestException if the value is not an object
     */
    public Fields(JsonSlice object, String path) {
        require(object.first() == '{', path, "an object");
        this.path = path;
        values = new LinkedHashMap<>();
        for (JsonSlice.Member member : object.members()) {
            if (member.value().is("null")) {
                values.remove(member.name());
            } else {
                values.put(member.name(), member.value());
            }
        }
    }

    /** Creates the fields of an object that the request has in a shorter form. */
    public Fields(Map<String, JsonSlice> values, String path) {
        this.path = path;
        this.values = values;
    }

    /** The path of a field, for errors. */
    public String path(String name) {
        return path + "." + name;
    }

    /** Returns all fields, in their order. */
    public Map<String, RawJson> all() {
        return raw(values);
    }

    /** Returns what the provider of a call needs back. */
    public Map<String, RawJson> providerFields() {
        return raw(ToolCall.providerFields(values));
    }

    private static Map<String, RawJson> raw(Map<String, JsonSlice> values) {
        Map<String, RawJson> raw = new LinkedHashMap<>();
        values.forEach((name, value) -> raw.put(name, value.raw()));
        return Collections.unmodifiableMap(raw);
    }

    /** Returns a value of any type, not copied; null if it is absent. */
    public @Nullable JsonSlice slice(String name) {
        return values.get(name);
    }

    /** Returns a value of any type; null if it is absent. */
    public @Nullable RawJson get(String name) {
        JsonSlice value = values.get(name);
        return value == null ? null : value.raw();
    }

    /** Returns a string; null if it is absent. */
    public @Nullable String string(String name) {
        JsonSlice value = ofType(name, '"', "a string");
        return value == null ? null : value.string();
    }

    public String requiredString(String name) {
        String value = string(name);
        if (value == null) {
            throw RequestException.missing(path(name));
        }
        return value;
    }

    /** Returns a name, which must not be longer than names may be. */
    public String requiredName(String name) {
        return JsonReader.requireNameLength(requiredString(name), path(name));
    }

    /** Returns a value of the type that its first character tells; null if it is absent. */
    private @Nullable JsonSlice ofType(String name, char first, String expected) {
        JsonSlice value = values.get(name);
        require(value == null || value.first() == first, path(name), expected);
        return value;
    }

    /** Returns the fields of an object; null if it is absent. */
    public @Nullable Fields fields(String name) {
        JsonSlice value = values.get(name);
        return value == null ? null : new Fields(value, path(name));
    }

    /** Returns an object; null if it is absent. */
    public @Nullable RawJson object(String name) {
        JsonSlice value = ofType(name, '{', "an object");
        return value == null ? null : value.raw();
    }

    /** Returns a list; null if it is absent. */
    public @Nullable RawJson list(String name) {
        JsonSlice value = ofType(name, '[', "a list");
        return value == null ? null : value.raw();
    }

    /** Returns a boolean; null if it is absent. */
    public @Nullable RawJson bool(String name) {
        JsonSlice value = values.get(name);
        require(value == null || value.is("true") || value.is("false"), path(name), "true or false");
        return value == null ? null : value.raw();
    }
}
