package org.o1api.database;

import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/** A statement of a migration may change all rows: it gets more time than the others have. */
final class MigrationTimeout extends BaseCallback {
    private static final Duration TIME = Duration.ofMinutes(30);

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            context.getConnection().setNetworkTimeout(Runnable::run, (int) TIME.toMillis());
        } catch (SQLException e) {
            // not every driver can: then the time is that of all statements
        }
    }
}
