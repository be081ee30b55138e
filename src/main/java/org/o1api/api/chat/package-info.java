/** The chat completions API: requests in, completions and chunks out. */
@NullMarked
package org.o1api.api.chat;

import org.jspecify.annotations.NullMarked;
