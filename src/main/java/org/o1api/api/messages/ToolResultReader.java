package org.o1api.api.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.o1api.api.request.Fields;
import org.o1api.json.JsonSlice;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** Converts results of tool calls. What is not text, such as an image, becomes an attachment. */
final class ToolResultReader {
    private static final String ERROR = "Error";

    private ToolResultReader() {}

    static Message read(Fields block) {
        StringJoiner texts = new StringJoiner("\n");
        List<RawJson> attachments = new ArrayList<>();
        JsonSlice content = block.slice("content");
        if (content != null) {
            for (Fields inner : BlockReader.blocks(content, block.path("content"))) {
                for (Part part : BlockReader.parts(inner)) {
                    if (part instanceof Part.Text text) {
                        texts.add(text.text());
                    } else if (part instanceof Part.Other other) {
                        attachments.add(other.json());
                    }
                }
            }
        }
        RawJson isError = block.bool("is_error");
        boolean failed = isError != null && isError.text().equals("true");
        return MessageJson.toolResult(
                        block.requiredString("tool_use_id"),
                        new Content.Text(failed ? marked(texts.toString()) : texts.toString()))
                .withAttachments(attachments);
    }

    /** The Chat Completions API has no other way to tell the model that a call failed. */
    private static String marked(String text) {
        return text.startsWith(ERROR) ? text : text.isEmpty() ? ERROR : ERROR + ": " + text;
    }
}
