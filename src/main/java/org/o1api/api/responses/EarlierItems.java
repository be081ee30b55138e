package org.o1api.api.responses;

import java.util.Collection;
import java.util.Optional;
import org.o1api.model.RawJson;

/** What an input may contain instead of items. */
interface EarlierItems {
    /** Says which items an input refers to. Called once, before the first {@link #item}. */
    void expect(Collection<String> ids);

    /**
     * The item of a stored turn that an input refers to, as its client has sent or got it.
     *
     * @return empty if the caller has no such item
     */
    Optional<RawJson> item(String id);

    /**
     * Decrypts reasoning.
     *
     * @return empty if it was not encrypted for this caller
     */
    Optional<String> reasoning(String encrypted);
}
