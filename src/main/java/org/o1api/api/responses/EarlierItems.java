package org.o1api.api.responses;

import java.util.List;
import java.util.Map;
import org.o1api.model.RawJson;

/** Looks up what an input refers to: stored items, and encrypted reasoning. */
interface EarlierItems {
    /**
     * The items of stored turns that an input refers to, as their client has sent or got them.
     *
     * @param ids an ID for each reference
     * @return those that the caller has, by ID
     * @throws org.o1api.api.RequestException if they are too long together
     */
    Map<String, RawJson> items(List<String> ids);

    /**
     * Decrypts reasoning. If all of it is too long, the oldest is left out.
     *
     * @param encrypted oldest first
     * @return what was encrypted for this caller, by its encrypted form
     */
    Map<String, String> reasoning(List<String> encrypted);
}
