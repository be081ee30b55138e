package org.o1api.upstream;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;

/**
 * Buffers the tool calls of a reply until clients can handle them: clients need id and name in the first piece of a call, and
 * answer a call by its id. A call is held back until it has a name and a unique id. A call without an id gets a generated one when
 * the next call starts or the reply ends. Calls are released in order and numbered without gaps.
 */
final class ToolCallBuffer {
    private static final int NOT_RELEASED = -1;

    private static final class BufferedCall {
        private int number = NOT_RELEASED;
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, RawJson> fields = new LinkedHashMap<>(0);

        boolean isReleased() {
            return number != NOT_RELEASED;
        }
    }

    private final Map<Integer, BufferedCall> calls = new TreeMap<>();
    private final Set<String> ids = new HashSet<>();
    private int released;

    /** Adds a piece and returns the pieces that can be sent now. */
    List<Delta.ToolCall> add(Delta.ToolCall piece) {
        BufferedCall call = calls.computeIfAbsent(piece.index(), index -> new BufferedCall());
        call.arguments.append(piece.arguments());
        if (call.isReleased()) {
            return List.of(new Delta.ToolCall(call.number, null, null, piece.arguments(), piece.fields()));
        }
        call.fields.putAll(piece.fields());
        call.id = call.id == null ? piece.id() : call.id;
        call.name = call.name == null ? piece.name() : call.name;
        return release(false);
    }

    /** The reply has ended: returns the held calls that have a name. */
    List<Delta.ToolCall> release() {
        return release(true);
    }

    /** A call waits for the calls before it, and for its id until the next call starts. */
    private List<Delta.ToolCall> release(boolean isLast) {
        List<Delta.ToolCall> ready = new ArrayList<>(1);
        int remaining = calls.size();
        for (BufferedCall call : calls.values()) {
            remaining--;
            if (call.isReleased()) {
                continue;
            }
            if (call.name != null && (call.id != null || remaining > 0 || isLast)) {
                ready.add(release(call));
            } else if (!isLast) {
                break;
            }
        }
        return ready;
    }

    private Delta.ToolCall release(BufferedCall call) {
        String id = call.id;
        if (id == null || !ids.add(id)) {
            id = generateId();
        }
        call.number = released++;
        return new Delta.ToolCall(call.number, id, call.name, call.arguments.toString(), call.fields);
    }

    private static String generateId() {
        return "call_" + UUID.randomUUID().toString().replace("-", "");
    }

    boolean isEmpty() {
        return released == 0;
    }

    boolean hasUnnamedCall() {
        return calls.values().stream().anyMatch(call -> call.name == null);
    }

    /** Whether the arguments of all calls are valid JSON. */
    boolean hasCompleteArguments() {
        return calls.values().stream().allMatch(call -> JsonText.isJson(call.arguments.toString()));
    }
}
