package org.o1api.sealed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReasoningSealTest {
    private static final String CALLER = "ann";
    private static final SealKey KEY = key(1);
    private static final ReasoningSeal SEAL = seal(KEY);

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[32];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static SealKey key(int seed) {
        return SealKey.ofBase64(Base64.getEncoder().encodeToString(bytes(seed))).orElseThrow();
    }

    private static ReasoningSeal seal(SealKey... keys) {
        return ReasoningSeal.of(List.of(keys), Optional::empty);
    }

    private static String sealed(ReasoningSeal seal, String... steps) {
        return seal.seal(CALLER, List.of(steps)).orElseThrow();
    }

    /** Text that cannot be compressed to much less than three quarters. */
    private static String noise(int seed, int length) {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        return Base64.getEncoder().encodeToString(noise).substring(0, length);
    }

    @Test
    void opensWhatItSealed() {
        String sealed = sealed(SEAL, "**One**\n\nFirst é€😀.", "Second.");
        assertThat(SEAL.open(CALLER, sealed)).hasValue("**One**\n\nFirst é€😀.\n\nSecond.");
        assertThat(sealed).matches("[A-Za-z0-9_-]+").doesNotContain("First");
        assertThat(Base64.getUrlDecoder().decode(sealed)[0]).isEqualTo((byte) 1);
        assertThat(sealed(SEAL, "Second.")).isNotEqualTo(sealed(SEAL, "Second."));
    }

    /** The keys may be in a database that does not answer. */
    @Test
    void asksForTheKeysOnceInASession() {
        AtomicInteger asked = new AtomicInteger();
        ReasoningSeal unknown = ReasoningSeal.of(List.of(), () -> {
            asked.incrementAndGet();
            return Optional.empty();
        });
        ReasoningSeal.Session session = unknown.session(CALLER);
        assertThat(session.open("no seal")).isEmpty();
        assertThat(asked).hasValue(0);
        String sealed = sealed(SEAL, "Text.");
        assertThat(session.open(sealed)).isEmpty();
        assertThat(session.open(sealed)).isEmpty();
        assertThat(session.seal(List.of("Text."))).isEmpty();
        assertThat(asked).hasValue(1);
        assertThat(SEAL.session(CALLER).open(sealed)).hasValue("Text.");
        assertThat(SEAL.session("bob").open(sealed)).isEmpty();
    }

    /** The format, decrypted with nothing but the standard library. */
    @Test
    void hasTheDocumentedFormat() throws Exception {
        byte[] sealed = Base64.getUrlDecoder().decode(sealed(SEAL, "Text."));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(bytes(1), "AES"),
                new GCMParameterSpec(128, Arrays.copyOfRange(sealed, 1, 13)));
        cipher.updateAAD(CALLER.getBytes(StandardCharsets.UTF_8));
        byte[] deflated = cipher.doFinal(sealed, 13, sealed.length - 13);
        java.util.zip.Inflater inflater = new java.util.zip.Inflater(true);
        inflater.setInput(deflated);
        byte[] text = new byte[100];
        assertThat(new String(text, 0, inflater.inflate(text), StandardCharsets.UTF_8))
                .isEqualTo("Text.");
        inflater.end();
    }

    @Test
    void opensForTheSameCallerAndKeyOnly() {
        String sealed = sealed(SEAL, "Text.");
        assertThat(SEAL.open("bob", sealed)).isEmpty();
        assertThat(SEAL.open("", sealed)).isEmpty();
        assertThat(seal(key(2)).open(CALLER, sealed)).isEmpty();
        assertThat(seal(key(2), KEY).open(CALLER, sealed)).hasValue("Text.");
        assertThat(SEAL.open(CALLER, sealed(seal(key(2), KEY), "Text."))).isEmpty();
    }

    @Test
    void usesTheSharedKeyIfNoneIsConfigured() {
        String shared = Base64.getEncoder().encodeToString(bytes(1));
        ReasoningSeal sharing = ReasoningSeal.of(List.of(), () -> Optional.of(shared));
        assertThat(sharing.open(CALLER, sealed(SEAL, "Text."))).hasValue("Text.");
        assertThat(SEAL.open(CALLER, sealed(sharing, "Text."))).hasValue("Text.");
        assertThat(ReasoningSeal.of(List.of(key(2)), () -> Optional.of(shared)).open(CALLER, sealed(SEAL, "Text.")))
                .isEmpty();
    }

    @Test
    void isMissingWithoutAKey() {
        ReasoningSeal none = ReasoningSeal.of(List.of(), Optional::empty);
        assertThat(none.seal(CALLER, List.of("Text."))).isEmpty();
        assertThat(none.open(CALLER, sealed(SEAL, "Text."))).isEmpty();
    }

    @Test
    void detectsEveryChange() {
        byte[] sealed = Base64.getUrlDecoder().decode(sealed(SEAL, "Text."));
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(SEAL.open(CALLER, Base64.getUrlEncoder().encodeToString(changed)))
                    .as("byte %d", i)
                    .isEmpty();
            assertThat(SEAL.open(CALLER, Base64.getUrlEncoder().encodeToString(Arrays.copyOf(sealed, i))))
                    .as("the first %d bytes", i)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "AQ", "====", "not base64!", "gAAAAABo", "é", "AQ==AQ=="})
    void dropsWhatItDidNotSeal(String other) {
        assertThat(SEAL.open(CALLER, other)).isEmpty();
    }

    @Test
    void dropsWhatIsTooLong() {
        assertThat(SEAL.open(CALLER, "A".repeat(ReasoningSeal.MAX_SEALED_LENGTH + 1)))
                .isEmpty();
        assertThat(SEAL.open(CALLER, "A".repeat(100_000_000))).isEmpty();
    }

    @Test
    void leavesOutTheOldestSteps() {
        List<String> steps =
                IntStream.range(0, 40).mapToObj(i -> i + " " + noise(i, 20_000)).toList();
        String sealed = SEAL.seal(CALLER, steps).orElseThrow();
        assertThat(sealed).hasSizeLessThanOrEqualTo(256 * 1024).hasSizeGreaterThan(220 * 1024);
        String opened = SEAL.open(CALLER, sealed).orElseThrow();
        int oldest = Integer.parseInt(opened.substring(0, opened.indexOf(' ')));
        assertThat(opened).isEqualTo(String.join("\n\n", steps.subList(oldest, steps.size())));
        assertThat(oldest).isGreaterThan(20);
    }

    @Test
    void isMissingIfNotEvenTheNewestStepFits() {
        assertThat(SEAL.seal(CALLER, List.of("Short.", noise(1, 400_000)))).isEmpty();
        assertThat(SEAL.seal(CALLER, List.of(noise(1, 400_000), "Short."))).isPresent();
        assertThat(SEAL.seal(CALLER, List.of())).isEmpty();
        assertThat(SEAL.seal(CALLER, List.of(""))).isEmpty();
    }

    /** Reasoning that compresses well must not become what {@link ReasoningSeal#open} rejects. */
    @Test
    void limitsWhatIsSealed() {
        String half = "x".repeat(ReasoningSeal.MAX_TEXT_BYTES / 2);
        assertThat(SEAL.open(CALLER, sealed(SEAL, half, half))).hasValue(half);
        String all = "x".repeat(ReasoningSeal.MAX_TEXT_BYTES);
        assertThat(SEAL.open(CALLER, sealed(SEAL, all))).hasValue(all);
        assertThat(SEAL.seal(CALLER, List.of(all + "x"))).isEmpty();
    }

    /** Somebody who has the key, such as a later version, may seal more. */
    @Test
    void inflatesNoMoreThanTheLimit() throws GeneralSecurityException {
        byte[] bomb = Compression.deflate(new byte[150_000_000], 1_000_000);
        assertThat(bomb).isNotNull().hasSizeLessThan(190_000);
        byte[] nonce = new byte[12];
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(bytes(1), "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(CALLER.getBytes(StandardCharsets.UTF_8));
        byte[] encrypted = cipher.doFinal(bomb);
        byte[] sealed = new byte[13 + encrypted.length];
        sealed[0] = 1;
        System.arraycopy(encrypted, 0, sealed, 13, encrypted.length);
        assertThat(SEAL.open(CALLER, Base64.getUrlEncoder().withoutPadding().encodeToString(sealed)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 16_384, 100_000})
    void inflatesUpToTheLimit(int length) {
        byte[] input = new byte[length];
        new Random(length).nextBytes(input);
        byte[] deflated = Objects.requireNonNull(Compression.deflate(input, 200_000));
        assertThat(Compression.inflate(deflated, length)).isEqualTo(input);
        assertThat(Compression.inflate(deflated, Math.max(0, length - 1))).isEqualTo(length == 0 ? input : null);
        assertThat(Compression.inflate(Arrays.copyOf(deflated, deflated.length - 1), length))
                .isNull();
        assertThat(Compression.deflate(input, deflated.length)).isEqualTo(deflated);
        assertThat(Compression.deflate(input, deflated.length - 1)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "no base64", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void rejectsOtherKeys(String key) {
        boolean is32Bytes = key.length() == 43;
        assertThat(SealKey.ofBase64(key).isPresent()).isEqualTo(is32Bytes);
        assertThat(SealKey.ofBase64(key + "A").isPresent()).isFalse();
    }
}
