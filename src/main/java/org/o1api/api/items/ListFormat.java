package org.o1api.api.items;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;

/** The lists of OpenAI's API: the parameters of a page, and its JSON. */
public final class ListFormat {
    private static final int MAX_PAGE_SIZE = 100;

    private ListFormat() {}

    /** An empty cursor counts as absent, because {@code last_id} of an empty page is an empty string. */
    public static @Nullable String cursor(@Nullable String after) {
        return after == null || after.isEmpty() ? null : after;
    }

    public static boolean isAscending(String order) {
        if (!order.equals("asc") && !order.equals("desc")) {
            throw new RequestException(ErrorCode.INVALID_REQUEST, "order", "'order' must be one of asc, desc.");
        }
        return order.equals("asc");
    }

    /** The maximum number of entries of a page. */
    public static int limit(String limit) {
        if (!limit.matches("[1-9]\\d{0,2}") || Integer.parseInt(limit) > MAX_PAGE_SIZE) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "limit",
                    "'limit' must be a whole number from 1 to " + MAX_PAGE_SIZE + ".");
        }
        return Integer.parseInt(limit);
    }

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
