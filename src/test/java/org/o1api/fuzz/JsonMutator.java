package org.o1api.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Changes one place of a JSON text. The result is valid JSON with another meaning. */
final class JsonMutator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "1e999",
            "12345678901234567890",
            "0.5",
            "\"\"",
            "\" \"",
            "\"x\"",
            "\"stop\"",
            "\"length\"",
            "\"error\"",
            "\"eos\"",
            "\"tool_calls\"",
            "\"\\ud83d\"",
            "\"\\u0000\\u2028\"",
            "[]",
            "{}",
            "[null]",
            "[{}]",
            "{\"\":null}",
            "[[[[[[[[[[[[]]]]]]]]]]]]",
            "\"" + "long ".repeat(300) + "\"");
    private static final List<String> KEYS = List.of(
            "",
            "x",
            "error",
            "message",
            "delta",
            "content",
            "choices",
            "usage",
            "finish_reason",
            "role",
            "name",
            "type");

    private final SplittableRandom random;

    JsonMutator(SplittableRandom random) {
        this.random = random;
    }

    /** The text with one place changed; unchanged if it is not JSON. */
    String mutate(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return json;
        }
        List<JsonNode> containers = new ArrayList<>();
        collect(root, containers);
        if (containers.isEmpty()) {
            return value();
        }
        JsonNode container = containers.get(random.nextInt(containers.size()));
        if (container instanceof ObjectNode object) {
            if (random.nextInt(10) == 0 && !object.isEmpty()) {
                return doubledKey(root, object);
            }
            mutate(object);
        } else {
            mutate((ArrayNode) container);
        }
        return root.toString();
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
        }
        node.forEach(child -> collect(child, containers));
    }

    private void mutate(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty() || random.nextInt(6) == 0) {
            object.set(pick(KEYS), parsed(value()));
            return;
        }
        String name = pick(names);
        switch (random.nextInt(5)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(pick(KEYS), object.remove(name)); // renamed
            case 2 -> object.set(name, NODES.arrayNode().add(object.get(name)));
            case 3 -> object.set(name, object.get(pick(names)).deepCopy());
            default -> object.set(name, parsed(value()));
        }
    }

    private void mutate(ArrayNode array) {
        if (array.isEmpty() || random.nextInt(4) == 0) {
            array.insert(random.nextInt(array.size() + 1), parsed(value()));
            return;
        }
        int at = random.nextInt(array.size());
        switch (random.nextInt(4)) {
            case 0 -> array.remove(at);
            case 1 -> array.insert(at, array.get(at).deepCopy());
            case 2 -> array.insert(0, array.remove(at));
            default -> array.set(at, parsed(value()));
        }
    }

    /** Writes a duplicate key, which a JSON tree cannot contain. */
    private String doubledKey(JsonNode root, ObjectNode object) {
        String name = object.fieldNames().next();
        String marker = "doubled-key-marker";
        object.put(marker, 1);
        return root.toString().replace("\"" + marker + "\":1", "\"" + name + "\":" + object.get(name));
    }

    private String value() {
        return pick(VALUES);
    }

    private String pick(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Verbatim, since a JSON tree cannot contain numbers such as 1e999. */
    private static JsonNode parsed(String json) {
        return NODES.rawValueNode(new RawValue(json));
    }
}
