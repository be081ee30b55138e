package org.o1api.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationSettings;
import org.o1api.database.DatabaseSource;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** Reads the settings of stored conversations. */
final class ConversationReader {
    private static final ValueType<String> URL = ValueType.LINE
            .hidden() // may contain a password
            .where(
                    "jdbc:h2:file:PATH or jdbc:postgresql://HOST/DATABASE",
                    url -> DatabaseSource.Url.isH2File(url) || url.startsWith("jdbc:postgresql:"));

    private ConversationReader() {}

    static ConversationSettings read(Section section) {
        ConversationSettings fallback = ConversationSettings.DEFAULT;
        ValueType<Long> count = ValueType.integer(1, 100_000_000);
        long perCaller = section.get("per_caller", count, (long) fallback.maxPerCaller());
        long responses = section.get("responses_per_caller", count, (long) fallback.maxResponsesPerCaller());
        ValueType<Long> bytes = ValueType.size(1 << 10, 1L << 50);
        return new ConversationSettings(
                source(section),
                section.get("wait", ValueType.duration(Duration.ZERO, Duration.ofHours(1)), fallback.waitTimeout()),
                section.get(
                        "lease",
                        ValueType.duration(Duration.ofSeconds(2), Duration.ofHours(1)),
                        fallback.leaseDuration()),
                section.get(
                        "time_to_live",
                        ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(36_500)),
                        fallback.timeToLive()),
                (int) perCaller,
                (int) responses,
                section.get("bytes_per_caller", bytes, fallback.maxBytesPerCaller()));
    }

    private static DatabaseSource source(Section section) {
        String url = section.find("url", URL, "an embedded database in the server's own folder");
        String user = section.find("user", ValueType.LINE);
        @Nullable String password = section.find("password", ValueType.SECRET_LINE);
        String jndi = section.find("jndi", ValueType.LINE);
        long connections =
                section.get("connections", ValueType.integer(1, 1000), (long) DatabaseSource.Url.DEFAULT.connections());
        if (jndi == null) {
            return new DatabaseSource.Url(url, user, password, (int) connections);
        }
        if (url != null) {
            section.addProblem("jndi", "is set together with url, allowed: only one of them");
        }
        return new DatabaseSource.Jndi(jndi, (int) connections);
    }
}
