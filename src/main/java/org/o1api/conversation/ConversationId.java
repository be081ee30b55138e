package org.o1api.conversation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;

/** Conversation IDs. Callers choose them, each in a namespace of their own, or the gateway generates them. */
public final class ConversationId {
    /** The request field that contains the conversation ID. */
    public static final String FIELD = "conversation_id";

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._:@~-]{1,128}");
    private static final Pattern GENERATED = Pattern.compile("conv_[0-9a-f]{48}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** IDs that begin with it are not valid in a request. */
    private static final String UNNAMED = "unnamed/";

    private static final int RANDOM_BYTES = 24;

    private ConversationId() {}

    /**
     * Rejects an invalid ID.
     *
     * @param param the field that contains the ID, for the error message
     */
    public static String requireValid(String id, String param) {
        if (!isValid(id)) {
            throw new ConversationException(
                    ErrorCode.INVALID_REQUEST,
                    param,
                    "'" + param
                            + "' must be 1 to 128 characters, only letters, digits and . _ : @ ~ -, and must not be '.' or '..'.");
        }
        return id;
    }

    static boolean isValid(String id) {
        return VALID.matcher(id).matches() && !id.equals(".") && !id.equals("..");
    }

    /** Generates an ID that cannot be guessed. */
    public static String generate() {
        return "conv_" + random();
    }

    private static String random() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * An ID for an unnamed conversation, which no request can contain. It is the same for all requests of a caller with the same
     * idempotency key; without a key it is a new one.
     */
    static String unnamed(String caller, @Nullable String idempotencyKey) {
        return UNNAMED + (idempotencyKey == null ? random() : digest(caller + '\n' + idempotencyKey));
    }

    static boolean isUnnamed(String id) {
        return id.startsWith(UNNAMED);
    }

    /** 48 hex digits that depend on the text. */
    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, RANDOM_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Whether the ID has the form of a generated one. A turn with such an ID does not create the conversation. */
    static boolean isGenerated(String id) {
        return GENERATED.matcher(id).matches();
    }
}
