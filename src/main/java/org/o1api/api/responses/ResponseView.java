package org.o1api.api.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.o1api.api.items.ItemWriter;
import org.o1api.api.responses.ToolNames.Kind;
import org.o1api.api.responses.ToolNames.Tool;
import org.o1api.conversation.StoredResponse;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;
import org.o1api.model.TurnId;

/** A stored turn as its client got it: the response, and the items of its input. Also a turn of another API surface. */
final class ResponseView {
    private final StoredTurn turn;
    private final StoredTurn.Answer answer;
    private final ResponseEcho echo;

    ResponseView(StoredResponse stored) {
        turn = stored.turn();
        answer = Objects.requireNonNull(turn.answer(), "a stored response has an answer");
        echo = ResponseEcho.of(stored);
    }

    /**
     * Returns the response.
     *
     * @param encryption see {@link OutputForm}
     */
    byte[] response(Function<List<String>, Optional<String>> encryption) {
        List<TurnEvent> events = answer.events();
        ResponseObject.Ended end = new ResponseObject.Ended((TurnEvent.Completed) events.get(events.size() - 1));
        ResponseObject response = new ResponseObject(
                TurnId.response(turn.id()), turn.created(), turn.model(), echo.settings(), echo.usage());
        List<OutputItem> output = output(encryption);
        return Json.bytes(json -> response.write(json, end, output));
    }

    private List<OutputItem> output(Function<List<String>, Optional<String>> encryption) {
        ResponseOutput output = new ResponseOutput(
                TurnId.hex(turn.id()),
                new OutputForm(echo.input().items(), echo.tools(), echo.showsReasoning(), encryption),
                (type, fields) -> {});
        answer.events().forEach(output::write);
        output.complete(answer.finishReason());
        return output.items();
    }

    /** The items of the input, in their order. */
    List<ItemWriter.Item> input() {
        List<ItemWriter.Item> items = new ArrayList<>();
        for (ItemWriter.Item item :
                ItemWriter.items(new StoredTurn(turn.id(), turn.created(), turn.model(), turn.messages(), null))) {
            items.add(asSent(item, items.size()));
        }
        return items;
    }

    /** All items of the turn, in their order. */
    List<ItemWriter.Item> items() {
        List<ItemWriter.Item> all = input();
        output(OutputForm.PLAIN).forEach(item -> all.add(new ItemWriter.Item(item.id(), item::write)));
        return all;
    }

    /** An item with what its message does not say. */
    private ItemWriter.Item asSent(ItemWriter.Item item, int index) {
        ObjectNode json = (ObjectNode) Json.tree(ResponseSettings.json(item.body()));
        switch (json.path("type").asText()) {
            case "message" -> {
                if (echo.input().phases().containsKey(index)) {
                    json.put("phase", echo.input().phases().get(index));
                }
            }
            case "function_call" -> writeTool(json);
            case "function_call_output" -> {
                if (echo.input().customOutputs().contains(json.path("call_id").asText())) {
                    json.put("type", "custom_tool_call_output");
                }
            }
            default -> {}
        }
        RawJson sent = new RawJson(json.toString());
        return new ItemWriter.Item(item.id(), out -> Json.writeRaw(out, sent));
    }

    private void writeTool(ObjectNode call) {
        Tool tool = echo.tools().called(call.path("name").asText());
        call.put("name", tool.name());
        if (tool.namespace() != null) {
            call.put("namespace", tool.namespace());
        }
        if (tool.kind() == Kind.CUSTOM) {
            call.put("type", "custom_tool_call");
            call.put(
                    ToolsReader.INPUT,
                    CallItem.customInput(call.remove("arguments").asText()));
        }
    }
}
