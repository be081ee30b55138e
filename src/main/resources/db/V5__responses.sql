-- Whether the conversation has no name that a client knows: it was begun by a stored response without a conversation.
ALTER TABLE conversation ADD COLUMN unnamed BOOLEAN DEFAULT FALSE NOT NULL;

-- A turn with format 0 was deleted: its record is gone, but the turns that continue it still find it. So that no part of a chain is
-- read without this, conversation.forked is true in its conversation, too.

-- The conversation of the turn. Turns of an unnamed conversation that do not exclude each other have leases with other IDs.
ALTER TABLE lease ADD COLUMN conversation VARCHAR(128);

-- The key of encrypted reasoning, unless keys are configured. All nodes of the database use the first row.
CREATE TABLE reasoning_key (
    id INTEGER PRIMARY KEY,
    secret VARCHAR(64) NOT NULL
);
