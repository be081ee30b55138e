-- How many messages a turn has is told by its record alone.
ALTER TABLE turn DROP COLUMN messages;
