/** Anthropic's Messages API. */
@NullMarked
package org.o1api.api.messages;

import org.jspecify.annotations.NullMarked;
