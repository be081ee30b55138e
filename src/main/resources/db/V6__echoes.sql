-- What an API surface needs besides the turn to show it again. It can be longer than the turn and is not part of the history, so it is
-- not read with the turn. As in the table turn, a long one is in a column of its own.
CREATE TABLE turn_echo (
    conversation BIGINT NOT NULL,
    position INTEGER NOT NULL,
    echo VARCHAR(100000),
    long_echo TEXT,
    PRIMARY KEY (conversation, position),
    FOREIGN KEY (conversation, position) REFERENCES turn ON DELETE CASCADE
);
