package org.o1api.conversation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.o1api.json.ContentParts;
import org.o1api.json.JsonSlices;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/**
 * Makes sure that each tool call in a prompt is followed by its result, because providers reject prompts in which a
 * result is missing or misplaced. A call without a result gets one that says that it was not run. A result that comes
 * after that is sent as a user message, since its call is already marked as not run.
 */
final class ToolResults {
    static final String NOT_RUN = "This tool call was not run: the conversation went on without its result.";

    private final List<Message> completed = new ArrayList<>();
    /** Instructions and late results between a call and its results; they are moved after the results. */
    private final List<Message> deferred = new ArrayList<>();
    /** IDs of the tool calls of the current assistant message that have no result yet. */
    private final List<String> openIds = new ArrayList<>();
    /** IDs of all tool calls of the current assistant message. */
    private final List<String> callIds = new ArrayList<>();

    private ToolResults() {}

    /** Returns the prompt with a result for each call. */
    static List<Message> complete(List<Message> prompt) {
        ToolResults results = new ToolResults();
        prompt.forEach(results::add);
        results.endResults();
        return results.completed;
    }

    private void add(Message message) {
        if (message instanceof Message.ToolResult result && message.role() == Role.TOOL) {
            String id = result.callId() == null ? "" : result.callId();
            if (callIds.contains(id)) {
                openIds.remove(id);
                completed.add(message);
            } else {
                deferred.add(lateResult(result, id));
            }
        } else if (message.role().isInstruction()) {
            deferred.add(message);
        } else {
            endResults();
            completed.add(message);
            if (message instanceof Message.Assistant answer) {
                answer.toolCalls().forEach(call -> callIds.add(call.id()));
                openIds.addAll(callIds);
            }
        }
    }

    private void endResults() {
        for (String id : openIds) {
            completed.add(MessageJson.toolResult(id, new Content.Text(NOT_RUN)));
        }
        openIds.clear();
        callIds.clear();
        completed.addAll(deferred);
        deferred.clear();
    }

    private static Message lateResult(Message.ToolResult result, String id) {
        String heading = "The result of the tool call " + JsonSlices.quoted(id) + ":";
        String text = result.content() instanceof Content.Text simple ? simple.text() : "";
        List<RawJson> parts = new ArrayList<>();
        if (result.content() instanceof Content.Parts ofResult) {
            parts.add(ContentParts.text(heading));
            parts.addAll(JsonSlices.elements(ofResult.json()));
        } else if (!result.attachments().isEmpty()) {
            parts.add(ContentParts.text(heading + "\n" + text));
        }
        parts.addAll(result.attachments());
        Content userContent = parts.isEmpty() ? new Content.Text(heading + "\n" + text) : ContentParts.list(parts);
        Map<String, RawJson> fields = new LinkedHashMap<>(result.unknownFields());
        fields.remove("name"); // it is the tool's name
        return new Message.User(userContent, fields);
    }
}
