/**
 * Persistent conversations: their turns in an SQL database, the history that a prompt is built from, and the leases that
 * give one turn at a time access to a conversation. The entry point is {@link org.o1api.conversation.Conversations}.
 */
@NullMarked
package org.o1api.conversation;

import org.jspecify.annotations.NullMarked;
