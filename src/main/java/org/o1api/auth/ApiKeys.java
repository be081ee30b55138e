package org.o1api.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.o1api.model.Caller;

/** The configured API keys. Look-ups run in constant time, so that their duration reveals nothing about the keys. */
public final class ApiKeys {
    private final List<ApiKey> keys;

    public ApiKeys(List<ApiKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** Finds the caller that a key belongs to. An empty key never matches. */
    public Optional<Caller> find(String key) {
        if (key.isEmpty()) {
            return Optional.empty();
        }
        byte[] digest = ascii(sha256(key));
        Optional<Caller> found = Optional.empty();
        for (ApiKey known : keys) {
            if (MessageDigest.isEqual(ascii(known.sha256()), digest)) {
                found = Optional.of(new Caller(known.name(), known.presets(), known.budget()));
            }
        }
        return found;
    }

    private static byte[] ascii(String hex) {
        return hex.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the SHA-256 of a key as lower-case hex digits. */
    public static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
