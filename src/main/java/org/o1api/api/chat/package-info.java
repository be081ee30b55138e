/** The Chat Completions API: reads requests, writes completions and chunks. */
@NullMarked
package org.o1api.api.chat;

import org.jspecify.annotations.NullMarked;
