package org.o1api.api.responses;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.o1api.api.items.ItemWriter;
import org.o1api.conversation.StoredResponse;
import org.o1api.conversation.StoredTurn;
import org.o1api.json.Json;
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
        return ItemWriter.items(turn, echo.input().messages());
    }

    /** All items of the turn, in their order. */
    List<ItemWriter.Item> items() {
        List<ItemWriter.Item> all = input();
        output(OutputForm.PLAIN).forEach(item -> all.add(new ItemWriter.Item(item.id(), item::write)));
        return all;
    }
}
