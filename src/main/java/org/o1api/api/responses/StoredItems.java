package org.o1api.api.responses;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.o1api.api.RequestException;
import org.o1api.api.items.ItemWriter;
import org.o1api.conversation.ConversationStore.PositionedTurn;
import org.o1api.conversation.ResponseStore;
import org.o1api.model.Cancellation;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;
import org.o1api.sealed.ReasoningSeal;

/**
 * The stored items of one caller, for one request. What they add to the request is limited like the request itself, since short
 * references could otherwise fill the memory; so is what is read of the database.
 */
final class StoredItems implements EarlierItems {
    /** What is read may be longer than what is needed of it: a turn is read as a whole. */
    private static final int READ_FACTOR = 4;

    private final String caller;
    private final ResponseStore responses;
    private final ReasoningSeal.Session seal;
    private final long maxCharacters;
    private final Cancellation cancellation;

    /**
     * The items of a caller.
     *
     * @param maxCharacters how many characters of items, and of reasoning, may be added to the request
     */
    StoredItems(
            String caller,
            ResponseStore responses,
            ReasoningSeal.Session seal,
            long maxCharacters,
            Cancellation cancellation) {
        this.caller = caller;
        this.responses = responses;
        this.seal = seal;
        this.maxCharacters = maxCharacters;
        this.cancellation = cancellation;
    }

    @Override
    public Map<String, RawJson> items(List<String> ids) {
        Map<String, Long> references = ids.stream()
                .filter(id -> ItemWriter.turnId(id) != null)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Found found = new Found(references);
        if (!references.isEmpty()) {
            List<String> turns = references.keySet().stream()
                    .map(ItemWriter::turnId)
                    .distinct()
                    .toList();
            responses.readTurns(caller, turns, found::add);
        }
        return found.items;
    }

    /** The items that were found. */
    private final class Found {
        final Map<String, RawJson> items = new HashMap<>();
        private final Map<String, Long> references;
        private long charactersLeft = maxCharacters;
        private long readLeft = maxCharacters * READ_FACTOR;

        Found(Map<String, Long> references) {
            this.references = references;
        }

        void add(PositionedTurn positioned) {
            cancellation.throwIfCancelled();
            RawJson echo = positioned.turn().echo();
            readLeft -=
                    positioned.recordLength() + (echo == null ? 0L : echo.text().length());
            requireLeft(readLeft);
            for (ItemWriter.Item item : TurnItems.of(positioned.turn())) {
                Long times = references.get(item.id());
                if (times != null) {
                    RawJson json = ResponseSettings.json(item.body());
                    charactersLeft -= json.text().length() * times;
                    requireLeft(charactersLeft);
                    items.put(item.id(), json);
                }
            }
        }

        private static void requireLeft(long characters) {
            if (characters < 0) {
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        "input",
                        "The items that 'input' refers to are together longer than a request may be (limits.body)."
                                + " Refer to fewer items.");
            }
        }
    }

    @Override
    public Map<String, String> reasoning(List<String> encrypted) {
        return seal.openNewest(encrypted, maxCharacters, cancellation::throwIfCancelled);
    }
}
