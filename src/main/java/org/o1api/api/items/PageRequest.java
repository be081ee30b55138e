package org.o1api.api.items;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MultivaluedMap;
import org.jspecify.annotations.Nullable;
import org.o1api.api.RequestException;
import org.o1api.model.ErrorCode;

/**
 * The page of a list that a request asks for, as in OpenAI's API.
 *
 * @param after the ID of the last item of the page before; null: the first page
 * @param limit the maximum number of items
 */
public record PageRequest(@Nullable String after, boolean isAscending, int limit) {
    private static final String AFTER = "after";
    private static final String BEFORE = "before";
    private static final String ORDER = "order";
    private static final String LIMIT = "limit";
    private static final int MAX_SIZE = 100;

    /**
     * Reads the query parameters of a request.
     *
     * @throws RequestException if one is invalid
     */
    public static PageRequest of(ContainerRequestContext request) {
        MultivaluedMap<String, String> query = request.getUriInfo().getQueryParameters();
        if (query.containsKey(BEFORE)) {
            throw new RequestException(
                    ErrorCode.UNSUPPORTED_VALUE,
                    BEFORE,
                    "'before' is not supported. Send 'after', and the opposite 'order' to read backwards.");
        }
        return new PageRequest(
                cursor(query.getFirst(AFTER)),
                isAscending(value(query.getFirst(ORDER), "desc")),
                limit(value(query.getFirst(LIMIT), "20")));
    }

    private static String value(@Nullable String given, String defaultValue) {
        return given == null ? defaultValue : given;
    }

    /** An empty cursor counts as absent, because {@code last_id} of an empty page is an empty string. */
    private static @Nullable String cursor(@Nullable String after) {
        return after == null || after.isEmpty() ? null : after;
    }

    private static boolean isAscending(String order) {
        RequestException.require(order.equals("asc") || order.equals("desc"), ORDER, "one of asc, desc");
        return order.equals("asc");
    }

    private static int limit(String limit) {
        boolean isValid = limit.matches("[1-9]\\d{0,2}") && Integer.parseInt(limit) <= MAX_SIZE;
        RequestException.require(isValid, LIMIT, "a whole number from 1 to " + MAX_SIZE);
        return Integer.parseInt(limit);
    }
}
