package org.o1api.api.responses;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.o1api.api.RequestException;
import org.o1api.api.items.ItemReader;
import org.o1api.api.items.ItemWriter;
import org.o1api.json.Json;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/**
 * What the items of an input refer to, looked up together.
 *
 * @param items by ID
 * @param decrypted reasoning by its encrypted form
 */
record InputReferences(Map<String, RawJson> items, Map<String, String> decrypted) {
    static final InputReferences NONE = new InputReferences(Map.of(), Map.of());

    private static final String ENCRYPTED = "encrypted_content";

    /** References that are longer refer to nothing: an ID is short. */
    private static final int MAX_REFERENCE_LENGTH = 4096;

    /** Looks up what items refer to. */
    static InputReferences of(List<RawJson> items, EarlierItems earlier) {
        List<String> ids = objects(items, text -> text.length() <= MAX_REFERENCE_LENGTH)
                .filter(item -> InputReader.type(item).equals(InputReader.REFERENCE))
                .map(item -> item.path("id").asText(""))
                .toList();
        List<String> encrypted = objects(items, text -> text.contains(ENCRYPTED))
                .filter(item -> InputReader.type(item).equals("reasoning") && isEncrypted(item))
                .map(item -> item.path(ENCRYPTED).textValue())
                .toList();
        return new InputReferences(
                ids.isEmpty() ? Map.of() : earlier.items(ids),
                encrypted.isEmpty() ? Map.of() : earlier.reasoning(encrypted));
    }

    private static Stream<JsonNode> objects(List<RawJson> items, Predicate<String> condition) {
        return items.stream()
                .filter(item -> item.text().startsWith("{") && condition.test(item.text()))
                .map(Json::tree);
    }

    /**
     * The item that a reference names.
     *
     * @throws RequestException if it does not exist, or cannot be sent again in this API
     */
    RawJson item(JsonNode reference, String path) {
        RawJson item = items.get(ItemReader.text(reference, "id", path));
        if (item == null) {
            throw new RequestException(
                    ErrorCode.RESPONSE_NOT_FOUND,
                    path + ".id",
                    "The item does not exist for this API key: its response was not stored, or was deleted. Send the item itself.");
        }
        if (ItemWriter.hasPartsWithoutForm(Json.tree(item))) {
            throw new RequestException(
                    ErrorCode.UNSUPPORTED_VALUE,
                    path + ".id",
                    "The item has a part, such as sound, that the Responses API has no form for. Continue it with"
                            + " /v1/chat/completions, or leave it out.");
        }
        return item;
    }

    /** Whether reasoning has an encrypted form, which then counts alone. */
    static boolean isEncrypted(JsonNode reasoning) {
        JsonNode encrypted = reasoning.path(ENCRYPTED);
        return encrypted.isTextual() && !encrypted.textValue().isEmpty();
    }

    /** The text of encrypted reasoning; empty if it cannot be decrypted, or is too old. */
    Optional<String> reasoning(JsonNode reasoning) {
        return Optional.ofNullable(decrypted.get(reasoning.path(ENCRYPTED).textValue()));
    }
}
