package org.o1api.api.responses;

import java.util.List;
import org.o1api.api.items.ItemWriter;
import org.o1api.conversation.StoredResponse;
import org.o1api.conversation.StoredTurn;

/** The items of a stored turn, with the same IDs everywhere. */
public final class TurnItems {
    private TurnItems() {}

    /** The items in their order. For a turn of the Responses API they are those that its client has sent and got. */
    public static List<ItemWriter.Item> of(StoredTurn turn) {
        return turn.answer() == null
                ? ItemWriter.items(turn)
                : new ResponseView(new StoredResponse(turn, null, null)).items();
    }
}
