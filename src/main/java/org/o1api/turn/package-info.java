/** Runs turns: admission, the conversation lock, time limits and shutdown. */
@NullMarked
package org.o1api.turn;

import org.jspecify.annotations.NullMarked;
