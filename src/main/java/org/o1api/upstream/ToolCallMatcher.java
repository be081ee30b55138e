package org.o1api.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.upstream.ToolCallReader.Piece;

/**
 * Finds the tool call that a piece belongs to, however the provider uses ids and indexes: the call with its id, otherwise the last
 * call with its index, unless the piece starts another call there. A call whose arguments are a complete object accepts no more
 * arguments.
 */
final class ToolCallMatcher {
    /** The piece repeats a whole call that is already known. */
    static final int DUPLICATE = -1;
    /** The position of a piece that is the only one in its chunk. */
    static final int SINGLE = -1;

    private static final int NONE = -1;
    /** Far above what models generate. */
    private static final int MAX_CALLS = 1024;

    private static final class KnownCall {
        private final int index;
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final JsonDepthTracker argumentsJson = new JsonDepthTracker();
        /** Whether its name was repeated after its arguments were complete: the pieces that follow belong to another call. */
        private boolean nameRepeated;
        /** Whether it started without a name and shares that of the call before it. */
        private boolean inheritsName;

        KnownCall(int index) {
            this.index = index;
        }

        boolean isComplete() {
            return name != null && argumentsJson.isClosed();
        }

        boolean isNamed(@Nullable String other) {
            return other != null && other.equals(name);
        }
    }

    private final List<KnownCall> calls = new ArrayList<>();
    private int last = NONE;

    /**
     * Returns the number of the call that a piece belongs to, counted from 0, or {@link #DUPLICATE}.
     *
     * @param position of the piece in its chunk, or {@link #SINGLE}
     */
    int match(Piece piece, int position) {
        int found = find(piece, position);
        if (found == NONE) {
            found = start(piece);
        } else if (isDuplicate(calls.get(found), piece)) {
            return DUPLICATE;
        }
        KnownCall call = calls.get(found);
        call.id = call.id == null ? piece.id() : call.id;
        call.nameRepeated |= call.isComplete() && call.isNamed(piece.name());
        call.name = call.name == null ? piece.name() : call.name;
        call.arguments.append(piece.arguments());
        call.argumentsJson.feed(piece.arguments());
        last = found;
        return found;
    }

    /** The name of a call that started without one and shares its predecessor's, once; otherwise null. */
    @Nullable
    String takeInheritedName(int number) {
        KnownCall call = calls.get(number);
        String name = call.inheritsName ? call.name : null;
        call.inheritsName = false;
        return name;
    }

    private int start(Piece piece) {
        KnownCall call = new KnownCall(piece.index());
        KnownCall before = piece.id() == null && piece.name() == null ? lastOf(piece.index()) : null;
        if (before != null && before.nameRepeated) {
            call.name = before.name;
            call.inheritsName = true;
        }
        if (calls.size() == MAX_CALLS) {
            throw UpstreamErrors.providerFailed("sent more than " + MAX_CALLS + " tool calls", null);
        }
        calls.add(call);
        return calls.size() - 1;
    }

    private @Nullable KnownCall lastOf(int index) {
        int found = index == ToolCallReader.NO_INDEX ? NONE : ofIndex(index);
        return found == NONE ? null : calls.get(found);
    }

    private int find(Piece piece, int position) {
        if (piece.id() != null) {
            int existing = ofId(piece);
            return existing == NONE ? ofUnknownId(piece) : existing;
        }
        if (piece.index() != ToolCallReader.NO_INDEX) {
            int existing = ofIndex(piece.index());
            return existing == NONE || startsAnother(calls.get(existing), piece) ? NONE : existing;
        }
        if (piece.name() != null) {
            return last == NONE || !continuesLast(piece) ? NONE : last;
        }
        int existing = position == SINGLE ? last : position;
        return existing < calls.size() ? existing : NONE;
    }

    private int ofId(Piece piece) {
        int other = NONE;
        for (int i = calls.size() - 1; i >= 0; i--) {
            KnownCall call = calls.get(i);
            if (!String.valueOf(piece.id()).equals(call.id)) {
                continue;
            }
            boolean sameIndex = piece.index() == call.index
                    || piece.index() == ToolCallReader.NO_INDEX
                    || call.index == ToolCallReader.NO_INDEX;
            if (sameIndex) {
                boolean startsAnother = piece.name() != null
                        && call.isComplete()
                        && !piece.arguments().isBlank()
                        && !isDuplicate(call, piece);
                return startsAnother ? NONE : i;
            }
            other = i;
        }
        return piece.name() == null ? other : NONE; // one id for several calls: only their indexes differ
    }

    /** An unknown id belongs to a new call, arrives late, or changes with each piece. */
    private int ofUnknownId(Piece piece) {
        if (hasIdOfOtherCall(piece)) {
            return NONE;
        }
        if (piece.index() == ToolCallReader.NO_INDEX) {
            if (last == NONE) {
                return NONE;
            }
            KnownCall call = calls.get(last);
            boolean lateId = call.id == null && !call.isComplete() && (piece.name() == null || call.name == null);
            boolean changingId = piece.name() == null
                    && call.argumentsJson.isOpen()
                    && !piece.arguments().isBlank();
            return lateId || changingId ? last : NONE;
        }
        int existing = ofIndex(piece.index());
        if (existing == NONE) {
            return NONE;
        }
        KnownCall call = calls.get(existing);
        boolean startsAnother = piece.name() == null
                ? call.isComplete() && !piece.arguments().isBlank()
                : call.id == null
                        ? startsAnother(call, piece)
                        : call.name != null && !(call.argumentsJson.isOpen() && call.isNamed(piece.name()));
        return startsAnother ? NONE : existing;
    }

    private boolean hasIdOfOtherCall(Piece piece) {
        return calls.stream().anyMatch(call -> String.valueOf(piece.id()).equals(call.id));
    }

    private int ofIndex(int index) {
        for (int i = calls.size() - 1; i >= 0; i--) {
            if (calls.get(i).index == index) {
                return i;
            }
        }
        return NONE;
    }

    /** Whether a piece without a known id starts another call after one with the same index. */
    private static boolean startsAnother(KnownCall call, Piece piece) {
        if (call.name == null) {
            return false;
        }
        boolean hasArguments = !piece.arguments().isBlank();
        if (piece.name() == null) {
            return call.nameRepeated && hasArguments;
        }
        return call.isNamed(piece.name()) ? call.isComplete() && hasArguments : true;
    }

    /** Whether a piece that has only a name belongs to the last call. */
    private boolean continuesLast(Piece piece) {
        KnownCall call = calls.get(last);
        return call.name == null || (call.isNamed(piece.name()) && call.argumentsJson.isOpen());
    }

    /** Whether a piece repeats a complete call: some providers end with one. */
    private static boolean isDuplicate(KnownCall call, Piece piece) {
        return piece.id() != null
                && piece.id().equals(call.id)
                && call.isNamed(piece.name())
                && call.isComplete()
                && piece.arguments().contentEquals(call.arguments);
    }
}
