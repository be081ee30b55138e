/** The conversations of a caller, in the shapes of OpenAI's Conversations API. */
@NullMarked
package org.o1api.api.conversations;

import org.jspecify.annotations.NullMarked;
