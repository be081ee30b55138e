package org.o1api.sealed;

import java.util.Base64;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** An AES key of 32 bytes. */
public final class SealKey {
    private static final int BYTES = 32;

    private final SecretKey secret;

    private SealKey(byte[] bytes) {
        secret = new SecretKeySpec(bytes, "AES");
    }

    /** The key of a text in base64, with or without padding; empty if the text is not the base64 of 32 bytes. */
    public static Optional<SealKey> ofBase64(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return bytes.length == BYTES ? Optional.of(new SealKey(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    SecretKey secret() {
        return secret;
    }
}
