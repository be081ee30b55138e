-- Both databases understand all of this: H2 and PostgreSQL.

CREATE TABLE conversation (
    pk BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    caller VARCHAR(128) NOT NULL,
    id VARCHAR(128) NOT NULL,
    metadata TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE NOT NULL,
    UNIQUE (caller, id)
);

-- What the purge looks for.
CREATE INDEX conversation_used_at ON conversation (used_at);
CREATE INDEX conversation_caller_used_at ON conversation (caller, used_at);

CREATE TABLE turn (
    conversation BIGINT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id VARCHAR(64) NOT NULL,
    idempotency_key VARCHAR(255),
    fingerprint VARCHAR(64),
    -- What decides whether a turn is read, known without reading it.
    messages INTEGER NOT NULL,
    instructs BOOLEAN NOT NULL,
    -- Messages, answer, tool calls, reasoning, usage, model and time, as JSON: in the row, which is faster in H2, or beside it
    -- where it is long.
    record VARCHAR(100000),
    long_record TEXT,
    PRIMARY KEY (conversation, position),
    UNIQUE (conversation, idempotency_key)
);

-- Who has the floor in a conversation, also in one that has no turn yet.
CREATE TABLE lease (
    caller VARCHAR(128) NOT NULL,
    id VARCHAR(128) NOT NULL,
    owner VARCHAR(64) NOT NULL,
    node VARCHAR(64) NOT NULL,
    idempotency_key VARCHAR(255),
    fingerprint VARCHAR(64),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (caller, id)
);

CREATE INDEX lease_node ON lease (node);
