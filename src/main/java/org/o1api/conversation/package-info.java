/** Conversations that last: what was said in them, in an SQL database, and who has the floor. */
@NullMarked
package org.o1api.conversation;

import org.jspecify.annotations.NullMarked;
