package org.o1api.reasoning.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/**
 * The messages of one call.
 *
 * @param continuedFrom the index of the first message after the caller's last user message: these messages belong to the answer
 *     that this call continues
 */
public record CallMessages(List<Message> messages, int continuedFrom) {
    /** Returns the messages for the provider: attachments of results of tool calls follow the results in a message of the user. */
    CallMessages withAttachmentsAsMessages() {
        List<Message> all = new ArrayList<>(messages.size() + 1);
        List<RawJson> attachments = new ArrayList<>(0);
        int from = continuedFrom;
        for (int i = 0; i <= messages.size(); i++) {
            Message message = i < messages.size() ? messages.get(i) : null;
            if (!attachments.isEmpty() && !(message instanceof Message.ToolResult)) {
                all.add(attached(attachments));
                attachments.clear();
                from += i <= continuedFrom && continuedFrom < Integer.MAX_VALUE ? 1 : 0;
            }
            if (message instanceof Message.ToolResult result) {
                attachments.addAll(result.attachments());
            }
            if (message != null) {
                all.add(message);
            }
        }
        return new CallMessages(all, from);
    }

    private static Message attached(List<RawJson> parts) {
        String list = String.join(",", parts.stream().map(RawJson::text).toList());
        return new Message.User(new Content.Parts(new RawJson("[" + list + "]")), Map.of());
    }
}
