package org.o1api.conversation;

import java.time.Instant;
import org.o1api.model.RawJson;

/**
 * A conversation as it stands in the list of its caller's.
 *
 * @param primaryKey its row
 * @param metadata the caller's own notes, a JSON object of strings
 */
public record Conversation(long primaryKey, String id, RawJson metadata, Instant createdAt) {}
