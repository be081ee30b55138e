/** The routes below {@code /v1/conversations}, in the shapes of OpenAI's Conversations API. */
@NullMarked
package org.o1api.api.conversations;

import org.jspecify.annotations.NullMarked;
