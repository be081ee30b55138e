package org.o1api.api.request;

import static org.o1api.api.RequestException.require;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.json.JsonSlices;
import org.o1api.model.RawJson;

/** The fields of an object in a request. Null values count as absent; of duplicate fields the last one counts. */
public final class Fields {
    private final String path;
    private final Map<String, RawJson> values = new LinkedHashMap<>();

    /**
     * Reads an object.
     *
     * @throws RequestException if the value is not an object
     */
    public Fields(RawJson object, String path) {
        require(object.text().startsWith("{"), path, "an object");
        this.path = path;
        for (JsonSlices.Member member : JsonSlices.members(object)) {
            if (member.value().text().equals("null")) {
                values.remove(member.name());
            } else {
                values.put(member.name(), member.value());
            }
        }
    }

    /** The path of a field, for errors. */
    public String path(String name) {
        return path + "." + name;
    }

    public Map<String, RawJson> all() {
        return Collections.unmodifiableMap(values);
    }

    /** Returns a value of any type; null if it is absent. */
    @Nullable
    public RawJson get(String name) {
        return values.get(name);
    }

    /** Returns a string; null if it is absent. */
    @Nullable
    public String string(String name) {
        RawJson value = values.get(name);
        if (value == null) {
            return null;
        }
        require(value.text().startsWith("\""), path(name), "a string");
        return JsonSlices.string(value);
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
    private @Nullable RawJson ofType(String name, String opening, String expected) {
        RawJson value = values.get(name);
        if (value != null) {
            require(value.text().startsWith(opening), path(name), expected);
        }
        return value;
    }

    /** Returns an object; null if it is absent. */
    @Nullable
    public RawJson object(String name) {
        return ofType(name, "{", "an object");
    }

    /** Returns a list; null if it is absent. */
    @Nullable
    public RawJson list(String name) {
        return ofType(name, "[", "a list");
    }

    /** Returns a boolean; null if it is absent. */
    @Nullable
    public RawJson bool(String name) {
        RawJson value = values.get(name);
        if (value != null) {
            require(value.text().equals("true") || value.text().equals("false"), path(name), "true or false");
        }
        return value;
    }
}
