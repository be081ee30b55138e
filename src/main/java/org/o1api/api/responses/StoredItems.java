package org.o1api.api.responses;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.o1api.api.RequestException;
import org.o1api.api.items.ItemWriter;
import org.o1api.conversation.ResponseStore;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;
import org.o1api.sealed.ReasoningSeal;

/**
 * The stored items of one caller, for one request. What they add to the request is limited like the request itself: short references
 * could otherwise fill the memory.
 */
final class StoredItems implements EarlierItems {
    private final String caller;
    private final ResponseStore responses;
    private final ReasoningSeal seal;
    private long charactersLeft;

    /** The expected items by their turn, which is removed when it has been read. */
    private final Map<String, Set<String>> expected = new HashMap<>();

    private final Map<String, RawJson> found = new HashMap<>();
    private final Set<String> used = new HashSet<>();

    /**
     * The items of a caller.
     *
     * @param characters how many characters may be added to the request
     */
    StoredItems(String caller, ResponseStore responses, ReasoningSeal seal, long characters) {
        this.caller = caller;
        this.responses = responses;
        this.seal = seal;
        charactersLeft = characters;
    }

    @Override
    public void expect(Collection<String> ids) {
        for (String id : ids) {
            String turn = ItemWriter.turnId(id);
            if (turn != null) {
                expected.computeIfAbsent(turn, unused -> new HashSet<>()).add(id);
            }
        }
    }

    /** Reads each turn once, however the references are ordered. */
    @Override
    public Optional<RawJson> item(String id) {
        String turn = ItemWriter.turnId(id);
        Set<String> ofTurn = turn == null ? null : expected.remove(turn);
        if (turn != null && ofTurn != null) {
            read(turn, ofTurn);
        }
        RawJson item = found.get(id);
        if (item != null && !used.add(id)) {
            take(item.text());
        }
        return Optional.ofNullable(item);
    }

    private void read(String turn, Set<String> ids) {
        responses.find(caller, TurnId.response(turn)).ifPresent(response -> {
            for (ItemWriter.Item item : TurnItems.of(response.turn())) {
                if (ids.contains(item.id())) {
                    RawJson json = ResponseSettings.json(item.body());
                    take(json.text());
                    found.put(item.id(), json);
                }
            }
        });
    }

    @Override
    public Optional<String> reasoning(String encrypted) {
        Optional<String> decrypted = seal.open(caller, encrypted);
        decrypted.ifPresent(this::take);
        return decrypted;
    }

    private void take(String text) {
        charactersLeft -= text.length();
        if (charactersLeft < 0) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "input",
                    "What 'input' refers to, or contains in encrypted form, is longer than a request may be (limits.body).");
        }
    }
}
