package org.o1api.turn;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.o1api.conversation.ConversationRef;
import org.o1api.conversation.ConversationSettings;
import org.o1api.conversation.Conversations;
import org.o1api.database.Database;
import org.o1api.database.DatabaseSource;
import org.o1api.model.Cancellation;
import org.o1api.model.Effort;
import org.o1api.model.Pricing;
import org.o1api.model.TurnId;
import org.o1api.model.TurnInfo;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Prompt;
import org.o1api.reasoning.TurnClient;
import org.o1api.telemetry.EndedTurn;
import org.o1api.upstream.Upstream;

/** A runner with everything around it. Its database, an H2 file, is opened when a turn needs it. */
public final class TurnFixture {
    static final String CALLER = "team-a";

    final Admission admission = new Admission(TurnLimits.DEFAULT);
    final List<EndedTurn> ended = new ArrayList<>();
    final Conversations conversations;
    final ConversationLock lock;
    final TurnRunner runner;

    public TurnFixture(Map<String, Upstream> upstreams, ScheduledExecutorService scheduler) {
        this(upstreams, scheduler, database(Path.of("unused")));
    }

    TurnFixture(Map<String, Upstream> upstreams, ScheduledExecutorService scheduler, Database database) {
        conversations = new Conversations(database, ConversationSettings.DEFAULT, String::length);
        lock = new ConversationLock(conversations, Duration.ofSeconds(30));
        runner = new TurnRunner(upstreams, lock, 1 << 20, ended::add, scheduler, scheduler, Pricing.NONE);
    }

    static Database database(Path folder) {
        String url = "jdbc:h2:file:" + folder.resolve("conversations").toAbsolutePath();
        return new Database(new DatabaseSource.Url(url, null, null, 10), name -> null, "");
    }

    public static TurnRequest request(
            Preset preset,
            @Nullable Effort effort,
            Prompt prompt,
            Cancellation cancellation,
            @Nullable ConversationRef conversation) {
        TurnInfo info = new TurnInfo(TurnId.random(), CALLER, preset.name(), "chat", "req_1", null);
        return new TurnRequest(
                info,
                5,
                preset.name(),
                preset,
                effort == null ? preset.strategy() : preset.strategy().withEffort(effort),
                effort,
                org.o1api.model.Mode.STANDARD,
                preset.budget(),
                prompt,
                conversation,
                null,
                cancellation);
    }

    public void run(TurnRequest request, TurnClient client) {
        runner.run(request, admission.admit(CALLER, () -> {}), client);
    }
}
