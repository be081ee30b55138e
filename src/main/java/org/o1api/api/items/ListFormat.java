package org.o1api.api.items;

import java.util.List;
import java.util.function.Function;
import org.o1api.json.Json;

/** The lists of OpenAI's API as JSON. */
public final class ListFormat {
    private ListFormat() {}

    /**
     * A page of a list.
     *
     * @param hasMore whether items follow that are not in the page
     */
    public static <T> byte[] page(
            List<T> items, boolean hasMore, Function<T, String> id, Function<T, Json.ValueWriter> body) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (T item : items) {
                body.apply(item).write(json);
            }
            json.writeEndArray();
            json.writeBooleanField("has_more", hasMore);
            json.writeStringField("first_id", items.isEmpty() ? "" : id.apply(items.get(0)));
            json.writeStringField("last_id", items.isEmpty() ? "" : id.apply(items.get(items.size() - 1)));
            json.writeEndObject();
        });
    }
}
