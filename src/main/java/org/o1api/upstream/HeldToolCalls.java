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
import org.o1api.llm.RawJson;

/**
 * The tool calls of a reply. Clients need id and name with the first piece of a call, and answer a call by its id: a call is held
 * back until it has a name, and an id of its own. One without an id gets one as soon as none can come any more.
 */
final class HeldToolCalls {
    private static final class Call {
        private final int number;
        private @Nullable String id;
        private @Nullable String name;
        private boolean released;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, RawJson> fields = new LinkedHashMap<>(0);

        Call(int number) {
            this.number = number;
        }
    }

    private final Map<Integer, Call> calls = new TreeMap<>();
    private final Set<String> ids = new HashSet<>();
    private int released;

    /** Takes a piece, and gives what can be sent because of it, in order. */
    List<Delta.ToolCall> add(Delta.ToolCall piece) {
        List<Delta.ToolCall> ready = new ArrayList<>(1);
        Call call = calls.get(piece.index());
        if (call == null) {
            release(ready);
            call = new Call(piece.index());
            calls.put(piece.index(), call);
        }
        call.arguments.append(piece.arguments());
        if (call.released) {
            ready.add(new Delta.ToolCall(piece.index(), null, null, piece.arguments(), piece.fields()));
            return ready;
        }
        call.fields.putAll(piece.fields());
        call.id = call.id == null ? piece.id() : call.id;
        call.name = call.name == null ? piece.name() : call.name;
        if (call.id != null && call.name != null) {
            ready.add(release(call));
        }
        return ready;
    }

    /** The calls that wait for nothing but an id: none will come. */
    List<Delta.ToolCall> release() {
        List<Delta.ToolCall> ready = new ArrayList<>(0);
        release(ready);
        return ready;
    }

    private void release(List<Delta.ToolCall> ready) {
        for (Call call : calls.values()) {
            if (!call.released && call.name != null) {
                ready.add(release(call));
            }
        }
    }

    private Delta.ToolCall release(Call call) {
        String id = call.id;
        if (id == null || !ids.add(id)) {
            id = madeUpId();
        }
        call.released = true;
        released++;
        return new Delta.ToolCall(call.number, id, call.name, call.arguments.toString(), call.fields);
    }

    private static String madeUpId() {
        return "call_" + UUID.randomUUID().toString().replace("-", "");
    }

    /** Whether no call has been released. */
    boolean isEmpty() {
        return released == 0;
    }

    /** Whether a call still has no name. */
    boolean lackName() {
        return calls.values().stream().anyMatch(call -> call.name == null);
    }

    /** Whether the arguments of all calls are JSON. */
    boolean areComplete() {
        return calls.values().stream().allMatch(call -> JsonText.parses(call.arguments.toString()));
    }
}
