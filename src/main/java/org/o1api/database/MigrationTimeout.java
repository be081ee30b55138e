package org.o1api.database;

import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/** A longer network timeout for migrations, whose statements may change all rows. */
final class MigrationTimeout extends BaseCallback {
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            context.getConnection().setNetworkTimeout(Runnable::run, (int) TIMEOUT.toMillis());
        } catch (SQLException e) {
            // not every driver supports it; the timeout of other statements applies then
        }
    }
}
