package org.o1api.conversation;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.o1api.database.Database;
import org.o1api.database.DatabaseUnavailableException;

/** A random key that all nodes of the database share. The first node that needs it creates it. */
final class SharedKey {
    private static final int BYTES = 32;

    private final Database database;
    private volatile @Nullable String known;

    SharedKey(Database database) {
        this.database = database;
    }

    /** The key in base64; empty if it is not known yet and the database is unavailable. */
    Optional<String> get() {
        String key = known;
        if (key == null) {
            try {
                key = database.withHandle(handle -> find(handle).orElseGet(() -> create(handle)));
            } catch (DatabaseUnavailableException e) {
                return Optional.empty(); // it is logged
            }
            known = key;
        }
        return Optional.of(key);
    }

    private static Optional<String> find(Handle handle) {
        return handle.select("SELECT secret FROM reasoning_key WHERE id = 1")
                .mapTo(String.class)
                .findOne();
    }

    private static String create(Handle handle) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        try {
            handle.execute(
                    "INSERT INTO reasoning_key (id, secret) VALUES (1, ?)",
                    Base64.getEncoder().encodeToString(random));
        } catch (UnableToExecuteStatementException e) {
            if (!UniqueViolation.causes(e)) {
                throw e;
            }
        }
        return find(handle).orElseThrow(); // another node may have created it
    }
}
