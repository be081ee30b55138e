package org.o1api.conversation;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.o1api.model.ErrorCode;

/** Conversation IDs. Callers choose them, each in a namespace of their own, or the gateway generates them. */
public final class ConversationId {
    /** The request field that contains the conversation ID. */
    public static final String FIELD = "conversation_id";

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._:@~-]{1,128}");
    private static final Pattern GENERATED = Pattern.compile("conv_[0-9a-f]{48}");
    private static final SecureRandom RANDOM = new SecureRandom();

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
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return "conv_" + HexFormat.of().formatHex(random);
    }

    /** Whether the ID has the form of a generated one. A turn with such an ID does not create the conversation. */
    static boolean isGenerated(String id) {
        return GENERATED.matcher(id).matches();
    }
}
