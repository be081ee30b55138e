package org.o1api.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * IDs of turns: {@code turn_} and 32 hexadecimal digits. The API surfaces derive their own IDs from the digits. Turns that earlier
 * versions stored have the ID of their chat completion, {@code chatcmpl-} and the digits.
 */
public final class TurnId {
    private static final String PREFIX = "turn_";
    private static final String CHAT_COMPLETION_PREFIX = "chatcmpl-";
    private static final String RESPONSE_PREFIX = "resp_";
    private static final String DIGITS = "[0-9a-f]{32}";
    private static final Pattern VALID = Pattern.compile(PREFIX + DIGITS);
    private static final Pattern RESPONSE = Pattern.compile(RESPONSE_PREFIX + DIGITS);

    private TurnId() {}

    /** A new ID, which cannot be guessed. */
    public static String random() {
        return PREFIX + hex(UUID.randomUUID());
    }

    /** The ID of the turn that answers all requests of a caller in a conversation that have this idempotency key. */
    public static String of(String caller, String conversation, String idempotencyKey) {
        String name = String.join("\n", caller, conversation, idempotencyKey);
        return PREFIX + hex(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
    }

    /** The ID with these digits. */
    public static String ofHex(String hex) {
        return PREFIX + hex;
    }

    /** Whether a text has the form of an ID. IDs of chat completions have another one. */
    public static boolean isValid(String id) {
        return VALID.matcher(id).matches();
    }

    /** The digits of a turn's ID, also of one that an earlier version stored. */
    public static String hex(String id) {
        String prefix = id.startsWith(CHAT_COMPLETION_PREFIX) ? CHAT_COMPLETION_PREFIX : PREFIX;
        return id.startsWith(prefix) ? id.substring(prefix.length()) : id;
    }

    /** The ID of the chat completion that a turn's ID belongs to. */
    public static String chatCompletion(String id) {
        return CHAT_COMPLETION_PREFIX + hex(id);
    }

    /** The ID of the response that a turn's ID belongs to: {@code resp_} and the digits. */
    public static String response(String id) {
        return RESPONSE_PREFIX + hex(id);
    }

    /** The ID of the turn that a response's ID belongs to; empty if no response has such an ID. */
    public static Optional<String> ofResponse(String response) {
        return RESPONSE.matcher(response).matches()
                ? Optional.of(ofHex(response.substring(RESPONSE_PREFIX.length())))
                : Optional.empty();
    }

    private static String hex(UUID id) {
        return id.toString().replace("-", "");
    }
}
