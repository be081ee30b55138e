package org.o1api.model;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The IDs of turns: {@code turn_} and 32 hexadecimal digits. Turns that an earlier version stored have the ID of their chat completion:
 * {@code chatcmpl-} and 32 digits.
 */
public final class TurnId {
    private static final String TURN = "turn_";
    private static final String CHAT_COMPLETION = "chatcmpl-";
    private static final int DIGITS = 32;

    private TurnId() {}

    /** Generates an ID. */
    public static String random() {
        return of(UUID.randomUUID());
    }

    /** The ID of the turn that answers the requests with this idempotency key. */
    public static String of(String caller, String conversation, String idempotencyKey) {
        String name = String.join("\n", caller, conversation, idempotencyKey);
        return of(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    private static String of(UUID id) {
        return TURN + id.toString().replace("-", "");
    }

    /** The digits of a turn's ID. */
    public static String digits(String id) {
        return id.substring(Math.max(0, id.length() - DIGITS));
    }

    /** The ID of the chat completion that a turn is. */
    public static String toChatCompletionId(String id) {
        return CHAT_COMPLETION + digits(id);
    }
}
