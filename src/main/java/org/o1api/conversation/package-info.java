/**
 * Persistent conversations: their turns in an SQL database, the history that a prompt is built from, and the leases that
 * give one turn at a time access to a conversation. The entry point is {@link org.o1api.conversation.Conversations}.
 *
 * <p>An API surface makes a {@link org.o1api.conversation.ConversationRef} of each request whose answer is stored: of the conversation
 * that it names; of the response that it continues ({@link org.o1api.conversation.ResponseStore#continuing}); otherwise
 * {@link org.o1api.conversation.ConversationRef#unnamed}. It looks for the turn that has already answered the request
 * ({@link org.o1api.conversation.Conversations#findAnsweredTurn}), and gives both to the turn, which does everything else.
 * {@link org.o1api.conversation.ResponseStore} finds and deletes single turns.
 */
@NullMarked
package org.o1api.conversation;

import org.jspecify.annotations.NullMarked;
