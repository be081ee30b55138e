package org.o1api.api.responses;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
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
    public void expect(Collection<String> ids) {}

    @Override
    public Optional<RawJson> item(String id) {
        return Optional.ofNullable(items.get(id)).map(RawJson::new);
    }

    @Override
    public Optional<String> reasoning(String encrypted) {
        return Optional.ofNullable(reasoning.get(encrypted));
    }
}
