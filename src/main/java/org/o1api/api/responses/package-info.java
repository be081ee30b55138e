/** {@code POST /v1/responses}: OpenAI's Responses API. */
@NullMarked
package org.o1api.api.responses;

import org.jspecify.annotations.NullMarked;
