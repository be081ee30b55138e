package org.o1api.model;

/** What a turn continues. */
public sealed interface TurnParent {
    /** What needs no ID. */
    enum Fixed implements TurnParent {
        /** The newest turn of the turn's conversation, if there is one. */
        NEWEST,
        /** No turn: it is the first one. */
        NONE
    }

    /**
     * A certain turn.
     *
     * @param id of the turn, see {@link TurnId}; it may not exist
     */
    record Turn(String id) implements TurnParent {}
}
