package org.o1api.reasoning.text;

import java.util.List;
import org.o1api.model.Message;

/**
 * The messages of one call.
 *
 * @param continuedFrom the index of the first message after the caller's last user message: these messages belong to the answer
 *     that this call continues
 */
public record CallMessages(List<Message> messages, int continuedFrom) {}
