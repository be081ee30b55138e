package org.o1api.auth;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.o1api.model.Budget;

/**
 * An API key, of which only the SHA-256 is kept.
 *
 * @param name the name of the key's owner, used in the log
 * @param sha256 64 hex digits
 * @param presets the presets that the key may use; empty: all
 * @param budget limits of each turn, in addition to the preset's
 */
public record ApiKey(String name, String sha256, Set<String> presets, Budget.Limits budget) {
    public ApiKey {
        if (HexFormat.of().parseHex(sha256).length != 32) {
            throw new IllegalArgumentException("a SHA-256 has 64 hex digits");
        }
        sha256 = sha256.toLowerCase(Locale.ROOT);
        presets = Set.copyOf(presets);
    }

    /** A key that does not limit turns. */
    public ApiKey(String name, String sha256, Set<String> presets) {
        this(name, sha256, presets, Budget.Limits.NONE);
    }

    @Override
    public String toString() {
        return "ApiKey[" + name + "]";
    }
}
