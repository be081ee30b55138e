-- How many messages a turn has is told by its record.
ALTER TABLE turn DROP COLUMN messages;

-- A lease that nobody renews ends, whosever it was.
DROP INDEX lease_node;
ALTER TABLE lease DROP COLUMN node;
