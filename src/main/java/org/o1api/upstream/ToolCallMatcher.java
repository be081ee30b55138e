package org.o1api.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.upstream.ToolCallReader.Piece;

/**
 * Tells which tool call a piece belongs to, whatever the provider makes of ids and indexes: the one of its id, otherwise the last
 * one of its index, unless the piece begins another there. A call whose arguments are a complete object takes no more of them.
 */
final class ToolCallMatcher {
    /** The piece is a whole call again that is known already. */
    static final int DUPLICATE = -1;
    /** A piece that is the only one of its chunk. */
    static final int SINGLE = -1;

    private static final int NONE = -1;
    /** Far above what models do. */
    private static final int MOST = 1024;

    private static final class Call {
        private final int index;
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final JsonDepthTracker shape = new JsonDepthTracker();
        /** Whether its name has come again since its arguments were complete: what follows is another call. */
        private boolean namedAgain;
        /** Whether its first piece lacks a name that it shares with the call before it. */
        private boolean lacksName;

        Call(int index) {
            this.index = index;
        }

        boolean isComplete() {
            return name != null && shape.isClosed();
        }

        boolean isNamed(@Nullable String other) {
            return other != null && other.equals(name);
        }
    }

    private final List<Call> calls = new ArrayList<>();
    private int last = NONE;

    /**
     * The number of the call that a piece belongs to, counted from 0, or {@link #DUPLICATE}.
     *
     * @param position of the piece among those of its chunk, or {@link #SINGLE}
     */
    int match(Piece piece, int position) {
        int found = find(piece, position);
        if (found == NONE) {
            found = begin(piece);
        } else if (repeats(calls.get(found), piece)) {
            return DUPLICATE;
        }
        Call call = calls.get(found);
        call.id = call.id == null ? piece.id() : call.id;
        call.namedAgain |= call.isComplete() && call.isNamed(piece.name());
        call.name = call.name == null ? piece.name() : call.name;
        call.arguments.append(piece.arguments());
        call.shape.feed(piece.arguments());
        last = found;
        return found;
    }

    /** The name of a call that began without one because its predecessor's was meant; otherwise null. */
    @Nullable
    String inheritedName(int number) {
        Call call = calls.get(number);
        String name = call.lacksName ? call.name : null;
        call.lacksName = false;
        return name;
    }

    private int begin(Piece piece) {
        Call call = new Call(piece.index());
        Call before = piece.id() == null && piece.name() == null ? lastOf(piece.index()) : null;
        if (before != null && before.namedAgain) {
            call.name = before.name;
            call.lacksName = true;
        }
        if (calls.size() == MOST) {
            throw UpstreamErrors.providerFailed("sent more than " + MOST + " tool calls", null);
        }
        calls.add(call);
        return calls.size() - 1;
    }

    private @Nullable Call lastOf(int index) {
        int found = index == ToolCallReader.NO_INDEX ? NONE : ofIndex(index);
        return found == NONE ? null : calls.get(found);
    }

    private int find(Piece piece, int position) {
        if (piece.id() != null) {
            int known = ofId(piece);
            return known == NONE ? ofUnknownId(piece) : known;
        }
        if (piece.index() != ToolCallReader.NO_INDEX) {
            int known = ofIndex(piece.index());
            return known == NONE || beginsAfter(calls.get(known), piece) ? NONE : known;
        }
        if (piece.name() != null) {
            return last == NONE || !continuesLast(piece) ? NONE : last;
        }
        int known = position == SINGLE ? last : position;
        return known < calls.size() ? known : NONE;
    }

    private int ofId(Piece piece) {
        int other = NONE;
        for (int i = calls.size() - 1; i >= 0; i--) {
            Call call = calls.get(i);
            if (!String.valueOf(piece.id()).equals(call.id)) {
                continue;
            }
            boolean sameIndex = piece.index() == call.index
                    || piece.index() == ToolCallReader.NO_INDEX
                    || call.index == ToolCallReader.NO_INDEX;
            if (sameIndex) {
                boolean another = piece.name() != null
                        && call.isComplete()
                        && !piece.arguments().isBlank()
                        && !repeats(call, piece);
                return another ? NONE : i;
            }
            other = i;
        }
        return piece.name() == null ? other : NONE; // one id for several calls: their indexes differ
    }

    /** A new call's id, an id that comes late, or one that changes with each piece. */
    private int ofUnknownId(Piece piece) {
        if (ofOtherCallsId(piece)) {
            return NONE;
        }
        if (piece.index() == ToolCallReader.NO_INDEX) {
            if (last == NONE) {
                return NONE;
            }
            Call call = calls.get(last);
            boolean lateId = call.id == null && !call.isComplete() && (piece.name() == null || call.name == null);
            boolean changingId = piece.name() == null
                    && call.shape.isOpen()
                    && !piece.arguments().isBlank();
            return lateId || changingId ? last : NONE;
        }
        int known = ofIndex(piece.index());
        if (known == NONE) {
            return NONE;
        }
        Call call = calls.get(known);
        boolean another = piece.name() == null
                ? call.isComplete() && !piece.arguments().isBlank()
                : call.id == null
                        ? beginsAfter(call, piece)
                        : call.name != null && !(call.shape.isOpen() && call.isNamed(piece.name()));
        return another ? NONE : known;
    }

    private boolean ofOtherCallsId(Piece piece) {
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

    /** Whether a piece without a known id begins another call after one of the same index. */
    private static boolean beginsAfter(Call call, Piece piece) {
        if (call.name == null) {
            return false;
        }
        boolean brings = !piece.arguments().isBlank();
        if (piece.name() == null) {
            return call.namedAgain && brings;
        }
        return call.isNamed(piece.name()) ? call.isComplete() && brings : true;
    }

    /** Whether a piece that has nothing but a name belongs to the last call. */
    private boolean continuesLast(Piece piece) {
        Call call = calls.get(last);
        return call.name == null || (call.isNamed(piece.name()) && call.shape.isOpen());
    }

    /** Whether a piece is a call again that is complete: some providers end with one. */
    private static boolean repeats(Call call, Piece piece) {
        return piece.id() != null
                && piece.id().equals(call.id)
                && call.isNamed(piece.name())
                && call.isComplete()
                && piece.arguments().contentEquals(call.arguments);
    }
}
