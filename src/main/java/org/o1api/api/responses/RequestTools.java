package org.o1api.api.responses;

import org.jspecify.annotations.Nullable;
import org.o1api.model.RawJson;

/**
 * The tools of a request.
 *
 * @param provided as functions of the Chat Completions API; null: none
 * @param repeated the tools of the field {@code tools}, as the response repeats them: without those that the gateway leaves out
 */
record RequestTools(@Nullable RawJson provided, RawJson repeated, ToolNames names) {}
