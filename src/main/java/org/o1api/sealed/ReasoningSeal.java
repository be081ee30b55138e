package org.o1api.sealed;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the reasoning of a turn for its client, and decrypts what the client sends back: {@code encrypted_content} of the Responses
 * API. Only the same caller can have it decrypted.
 *
 * <p>The format: a byte with the number of the format (1), a nonce of 12 bytes, then the text in UTF-8, deflated, under AES-256-GCM with
 * the caller's name as associated data; all of it as base64url without padding.
 */
public final class ReasoningSeal {
    /** The maximum length of sealed reasoning, in characters. */
    static final int MAX_SEALED_LENGTH = 256 * 1024;

    /** The maximum size of the text in UTF-8. Reasoning that is longer is rare, and it limits what decompressing can take. */
    static final int MAX_TEXT_BYTES = 4 * 1024 * 1024;

    private static final byte FORMAT = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int HEADER_BYTES = 1 + NONCE_BYTES;
    private static final int MAX_SEALED_BYTES = MAX_SEALED_LENGTH / 4 * 3;
    private static final int MAX_DEFLATED_BYTES = MAX_SEALED_BYTES - HEADER_BYTES - TAG_BITS / 8;
    private static final String STEP_SEPARATOR = "\n\n";

    private final Supplier<List<SealKey>> keys;
    private final SecureRandom random = new SecureRandom();

    private ReasoningSeal(Supplier<List<SealKey>> keys) {
        this.keys = keys;
    }

    /**
     * Creates a seal with configured keys.
     *
     * @param keys the first encrypts, all decrypt; if there are none, the shared key does both
     * @param sharedKey a key in base64; empty if it is unknown at the moment
     */
    public static ReasoningSeal of(Collection<SealKey> keys, Supplier<Optional<String>> sharedKey) {
        List<SealKey> configured = List.copyOf(keys);
        return new ReasoningSeal(() -> configured.isEmpty()
                ? sharedKey.get().flatMap(SealKey::ofBase64).stream().toList()
                : configured);
    }

    /** Returns what seals and opens reasoning for one request of a caller. */
    public Session session(String caller) {
        return new Session(caller);
    }

    /** Seals and opens reasoning for one request, on its thread. It asks for the keys once: the database that has them may be slow. */
    public final class Session {
        private final String caller;
        private @Nullable List<SealKey> known;

        private Session(String caller) {
            this.caller = caller;
        }

        private List<SealKey> available() {
            List<SealKey> available = known == null ? keys.get() : known;
            known = available;
            return available;
        }

        /** Seals the steps of a turn; see {@link ReasoningSeal#seal}. */
        public Optional<String> seal(List<String> steps) {
            return ReasoningSeal.this.seal(caller, steps, available());
        }

        /** Opens what a client sent back; see {@link ReasoningSeal#open}. */
        public Optional<String> open(String sealed) {
            byte[] bytes = decode(sealed);
            return isSealed(bytes) ? ReasoningSeal.open(caller, bytes, available()) : Optional.empty();
        }

        /**
         * Opens what a client sent back of several turns. Sealed reasoning is compressed, so it is limited; the oldest is left out.
         *
         * @param sealed oldest first
         * @param maxCharacters the maximum length of the reasoning of all turns
         * @param beforeEach ends the work by an exception
         * @return the reasoning by the sealed text
         */
        public Map<String, String> openNewest(List<String> sealed, long maxCharacters, Runnable beforeEach) {
            Map<String, String> opened = new HashMap<>();
            long charactersLeft = maxCharacters;
            for (int i = sealed.size() - 1; i >= 0; i--) {
                beforeEach.run();
                String text = sealed.get(i);
                String known = opened.get(text);
                Optional<String> reasoning = known == null ? open(text) : Optional.of(known);
                if (reasoning.isPresent()) {
                    charactersLeft -= reasoning.get().length();
                    if (charactersLeft < 0) {
                        return opened;
                    }
                    opened.put(text, reasoning.get());
                }
            }
            return opened;
        }
    }

    /**
     * Seals the steps of a turn. The oldest ones are left out if the result would be too long.
     *
     * @param steps as the client sees them, oldest first
     * @return the sealed text, at most 256 KiB; empty if there is no key, or nothing that fits
     */
    public Optional<String> seal(String caller, List<String> steps) {
        return session(caller).seal(steps);
    }

    private Optional<String> seal(String caller, List<String> steps, List<SealKey> available) {
        byte[] deflated = available.isEmpty() ? null : deflateNewest(steps);
        if (deflated == null) {
            return Optional.empty();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, available.get(0), nonce, 0, caller);
            ByteBuffer sealed = ByteBuffer.allocate(HEADER_BYTES + cipher.getOutputSize(deflated.length));
            sealed.put(FORMAT).put(nonce).put(cipher.doFinal(deflated));
            return Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(sealed.array()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES-256-GCM", e);
        }
    }

    /** The newest steps that fit, deflated; null: none. Leaving out more steps makes the result shorter. */
    private static byte @Nullable [] deflateNewest(List<String> steps) {
        byte @Nullable [] best = null;
        int fits = steps.size(); // the first of the steps that fit
        int tooMany = -1;
        int from = 0;
        while (from < fits) {
            byte[] deflated = deflate(steps.subList(from, steps.size()));
            if (deflated == null) {
                tooMany = from;
            } else {
                best = deflated;
                fits = from;
            }
            from = (tooMany + 1 + fits) >>> 1;
        }
        return best;
    }

    private static byte @Nullable [] deflate(List<String> steps) {
        byte[] text = String.join(STEP_SEPARATOR, steps).getBytes(StandardCharsets.UTF_8);
        return text.length == 0 || text.length > MAX_TEXT_BYTES ? null : Compression.deflate(text, MAX_DEFLATED_BYTES);
    }

    /**
     * Opens what a client sent back.
     *
     * @return the reasoning; empty if it was not sealed for this caller with one of the keys
     */
    public Optional<String> open(String caller, String sealed) {
        return session(caller).open(sealed);
    }

    private static boolean isSealed(byte[] bytes) {
        return bytes.length >= HEADER_BYTES + TAG_BITS / 8 && bytes[0] == FORMAT;
    }

    private static Optional<String> open(String caller, byte[] bytes, List<SealKey> available) {
        for (SealKey key : available) {
            byte[] deflated = decrypt(key, bytes, caller);
            if (deflated != null) {
                return Optional.ofNullable(Compression.inflate(deflated, MAX_TEXT_BYTES))
                        .map(text -> new String(text, StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    /** Empty if it is not base64url, or too long. */
    private static byte[] decode(String sealed) {
        if (sealed.length() > MAX_SEALED_LENGTH) {
            return new byte[0];
        }
        try {
            return Base64.getUrlDecoder().decode(sealed);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte @Nullable [] decrypt(SealKey key, byte[] sealed, String caller) {
        try {
            return cipher(Cipher.DECRYPT_MODE, key, sealed, 1, caller)
                    .doFinal(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES-256-GCM", e);
        }
    }

    private static Cipher cipher(int mode, SealKey key, byte[] nonce, int offset, String caller)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.secret(), new GCMParameterSpec(TAG_BITS, nonce, offset, NONCE_BYTES));
        cipher.updateAAD(caller.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
