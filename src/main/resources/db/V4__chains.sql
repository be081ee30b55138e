-- How a turn's record is written. 1: with the answer, by earlier versions, in record or long_record; never rewritten. 2: with the
-- events of the answer, in event_record or event_long_record, so that earlier versions find no record instead of half of one.
ALTER TABLE turn ADD COLUMN format SMALLINT DEFAULT 1 NOT NULL;
ALTER TABLE turn ADD COLUMN event_record VARCHAR(100000);
ALTER TABLE turn ADD COLUMN event_long_record TEXT;

-- The ID of the turn that this turn continues, in any conversation of the same caller; null: the first. Format 1 has none: such
-- a turn continues the one before it. The position is the order in which the turns of a conversation were stored.
ALTER TABLE turn ADD COLUMN parent VARCHAR(64);
CREATE INDEX turn_id ON turn (id);

-- Whether a turn continues any other turn than the one before it.
ALTER TABLE conversation ADD COLUMN forked BOOLEAN DEFAULT FALSE NOT NULL;
