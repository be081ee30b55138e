/** Conversions between messages and the items of OpenAI's Conversations and Responses APIs. */
@NullMarked
package org.o1api.api.items;

import org.jspecify.annotations.NullMarked;
