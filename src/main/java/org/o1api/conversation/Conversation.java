package org.o1api.conversation;

import java.time.Instant;
import org.o1api.model.RawJson;

/**
 * A conversation without its turns.
 *
 * @param primaryKey of its row
 * @param metadata set by the caller, a JSON object of strings
 * @param forked whether a turn continues another turn than the one before it, or was deleted
 */
public record Conversation(long primaryKey, String id, RawJson metadata, Instant createdAt, boolean forked) {}
