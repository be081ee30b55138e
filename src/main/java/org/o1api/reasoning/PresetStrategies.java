package org.o1api.reasoning;

import java.util.Map;
import java.util.Objects;

/**
 * The strategies of a preset in one mode.
 *
 * @param main the name of the one that applies if a request chooses none
 * @param byName all that a request can choose, including {@code main}
 * @param valid whether the file names known strategies only; otherwise it is unknown which settings they read
 */
record PresetStrategies(String main, Map<String, Strategy> byName, boolean valid) {
    Strategy strategy() {
        return Objects.requireNonNull(byName.get(main));
    }
}
