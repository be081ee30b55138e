package org.o1api.conversation;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.o1api.model.ErrorCode;

/** The names of conversations: those that callers choose, each in a space of its own, and those that are made here. */
public final class ConversationId {
    /** The request's field that names a conversation. */
    public static final String FIELD = "conversation_id";

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:@~-]{1,128}");
    private static final Pattern MADE = Pattern.compile("conv_[0-9a-f]{48}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private ConversationId() {}

    /**
     * Refuses what is no name.
     *
     * @param param the field that gave it, for the error
     */
    public static String requireValid(String id, String param) {
        if (!isValid(id)) {
            throw new ConversationException(
                    ErrorCode.INVALID_REQUEST,
                    param,
                    "'" + param
                            + "' must be 1 to 128 letters, digits or characters of . _ : @ ~ - and must not be '.' or '..'.");
        }
        return id;
    }

    /** Whether a conversation may have this name. */
    static boolean isValid(String id) {
        return ALLOWED.matcher(id).matches() && !id.equals(".") && !id.equals("..");
    }

    /** A name that nobody can guess. */
    public static String generate() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return "conv_" + HexFormat.of().formatHex(random);
    }

    /** Whether the name is one that only this service makes: a conversation of that name is not begun by using it. */
    static boolean isGenerated(String id) {
        return MADE.matcher(id).matches();
    }
}
