package org.o1api.api.responses;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.o1api.model.RawJson;

/**
 * The earlier items of tests.
 *
 * @param items by ID
 * @param reasoning by its encrypted form
 */
record KnownItems(Map<String, String> items, Map<String, String> reasoning) implements EarlierItems {
    static final KnownItems NONE = new KnownItems(Map.of(), Map.of());

    @Override
    public Map<String, RawJson> items(List<String> ids) {
        Map<String, RawJson> found = new HashMap<>();
        items.forEach((id, item) -> found.put(id, new RawJson(item)));
        return found;
    }

    @Override
    public Map<String, String> reasoning(List<String> encrypted) {
        return reasoning;
    }
}
