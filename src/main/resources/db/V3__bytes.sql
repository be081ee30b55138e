-- What a conversation occupies: its metadata, the records of its turns in UTF-8, and as much for each row as StorageQuota says.
ALTER TABLE conversation ADD COLUMN bytes BIGINT DEFAULT 0 NOT NULL;

UPDATE conversation SET bytes = 512 + OCTET_LENGTH(metadata) + COALESCE(
    (SELECT SUM(256 + COALESCE(OCTET_LENGTH(record), 0) + COALESCE(OCTET_LENGTH(long_record), 0))
        FROM turn WHERE turn.conversation = conversation.pk), 0);
