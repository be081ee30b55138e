package org.o1api.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The keys that are known here. The time that a look-up takes tells nothing of them. */
public final class ApiKeys {
    private record Entry(byte[] sha256, Caller caller) {}

    private final List<Entry> entries;

    public ApiKeys(List<ApiKey> keys) {
        entries = keys.stream()
                .map(key -> new Entry(
                        HexFormat.of().parseHex(key.sha256()), new Caller(key.name(), key.presets())))
                .toList();
    }

    /** Whom the key belongs to. An empty key is nobody's. */
    public Optional<Caller> find(String key) {
        if (key.isEmpty()) {
            return Optional.empty();
        }
        byte[] digest = sha256(key);
        Optional<Caller> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.sha256, digest)) {
                found = Optional.of(entry.caller);
            }
        }
        return found;
    }

    /** The SHA-256 of a key. */
    public static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
