package org.o1api.reasoning.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.o1api.json.ContentParts;
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
    private static final String SEE_NEXT_MESSAGE = "The output of this call is in the next message of the user.";

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
            if (message instanceof Message.ToolResult result
                    && !result.attachments().isEmpty()) {
                attachments.add(heading(result));
                attachments.addAll(result.attachments());
                all.add(withText(result));
            } else if (message != null) {
                all.add(message);
            }
        }
        return new CallMessages(all, from);
    }

    private static RawJson heading(Message.ToolResult result) {
        String call = result.callId() == null ? "" : " " + result.callId();
        return ContentParts.text("Output of the call" + call + ":");
    }

    /** The result, which says where its output is if it has no text. */
    private static Message withText(Message.ToolResult result) {
        return result.content() instanceof Content.Text text && text.text().isEmpty()
                ? new Message.ToolResult(
                        result.role(), result.callId(), new Content.Text(SEE_NEXT_MESSAGE), result.fields())
                : result;
    }

    private static Message attached(List<RawJson> parts) {
        return new Message.User(ContentParts.list(parts), Map.of());
    }
}
