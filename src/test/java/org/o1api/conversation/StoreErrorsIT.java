package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.conversation.WatchedConnections.TestError;
import org.o1api.database.Database;
import org.o1api.model.Message;
import org.o1api.model.RawJson;

/** An Error in the store ends what it came to, and leaves no lease, no transaction and no connection behind. */
@ParameterizedClass
@EnumSource
class StoreErrorsIT extends StoreFixture {
    private static final Duration LONG = Duration.ofSeconds(30);

    StoreErrorsIT(Kind kind) {
        super(kind);
    }

    /** More often than there are connections: one that is lost is missed. */
    private static Stream<Integer> oftenEnough() {
        return Stream.iterate(0, i -> i + 1).limit(12);
    }

    private void awaitFree(Conversations node, Entry entry) {
        await().atMost(LONG).until(() -> {
            var opened = node.tryOpen(entry);
            opened.ifPresent(OpenConversation::close);
            return opened.isPresent();
        });
    }

    @Test
    void takesALease() {
        Conversations node = node(database(), 1 << 30);
        node.keepOrder(scheduler());
        oftenEnough().forEach(i -> {
            watched.failBefore("INSERT INTO lease");
            assertThatThrownBy(() -> node.tryOpen(entry("ann", "before"))).isInstanceOf(TestError.class);
        });
        node.tryOpen(entry("ann", "before")).orElseThrow().close();

        watched.failAfter("INSERT INTO lease");
        assertThatThrownBy(() -> node.tryOpen(entry("ann", "after"))).isInstanceOf(TestError.class);
        assertThat(node.tryOpen(entry("ann", "after"))).isEmpty();
        awaitFree(node, entry("ann", "after")); // it is in the database, but nobody renews it
        assertThat(watched.open()).isZero();
    }

    @Test
    void storesATurn() {
        Conversations node = node(database(), 1 << 30);
        Entry entry = entry("ann", "store");
        say(node, entry, "One?");
        List<String> statements = List.of(
                "DELETE FROM lease WHERE caller = ? AND id = ? AND owner", "UPDATE conversation", "INSERT INTO turn");
        oftenEnough().forEach(i -> {
            String statement = statements.get(i % statements.size());
            try (OpenConversation open = node.tryOpen(entry).orElseThrow()) {
                open.continuedBy(List.of(Message.user("Two?")), new Bounds(100, 1000, false));
                if (i % 2 == 0) {
                    watched.failBefore(statement);
                } else {
                    watched.failAfter(statement);
                }
                assertThatThrownBy(() -> open.store("chatcmpl-2", 5, "m", answer("No.")))
                        .isInstanceOf(TestError.class);
            }
            assertThat(watched.open()).isZero();
        });
        assertThat(number("SELECT COUNT(*) FROM turn")).isOne();
        assertThat(number("SELECT COUNT(*) FROM lease")).isZero();
        say(node, entry, "Two?");
    }

    @Test
    void releasesALease() {
        Conversations node = node(database(), 1 << 30);
        node.keepOrder(scheduler());
        OpenConversation open = node.tryOpen(entry("ann", "release")).orElseThrow();
        watched.failBefore("DELETE FROM lease WHERE caller");
        assertThatThrownBy(open::close).isInstanceOf(TestError.class);
        awaitFree(node, entry("ann", "release"));
    }

    @Test
    void createsAndDeletes() {
        Conversations node = node(database(), 1 << 30);
        say(node, entry("ann", "delete"), "One?");
        watched.failAfter("UPDATE conversation SET caller");
        assertThatThrownBy(() -> node.store().delete("ann", "delete")).isInstanceOf(TestError.class);
        assertThat(node.store().find("ann", "delete")).isPresent();
        watched.failAfter("INSERT INTO conversation");
        assertThatThrownBy(() -> node.store().create("ann", new RawJson("{}"), null))
                .isInstanceOf(TestError.class);
        assertThat(number("SELECT COUNT(*) FROM conversation")).isOne();
        assertThat(watched.open()).isZero();
    }

    @Test
    void goesOnRenewingAndPurging() {
        Conversations node = node(database(), 1 << 30);
        node.keepOrder(scheduler());
        try (OpenConversation open = node.tryOpen(entry("ann", "renewed")).orElseThrow()) {
            watched.failBefore("UPDATE lease SET expires_at");
            await().atMost(LONG).until(watched::hasFailed);
            int renewed = watched.executed("UPDATE lease SET expires_at").size();
            await().atMost(LONG)
                    .until(() -> watched.executed("UPDATE lease SET expires_at").size() > renewed + 3);
            open.continuedBy(List.of(Message.user("?")), new Bounds(100, 1000, false));
            open.store("chatcmpl-1", 5, "m", answer("Yes."));
        }
        assertThat(number("SELECT COUNT(*) FROM turn")).isOne();
    }

    @Test
    void purges() {
        Database database = database();
        Conversations node = node(database, 1 << 30);
        say(node, entry("ann", "old"), "One?");
        Purge purge = new Purge(database, new Deletion(database));
        watched.failAfter(Deletion.HAND_OVER);
        assertThatThrownBy(() -> purge.unused(Duration.ZERO)).isInstanceOf(TestError.class);
        watched.failAfter("DELETE FROM turn");
        assertThatThrownBy(() -> purge.run(settings(1 << 30), () -> false)).isInstanceOf(TestError.class);
        purge.run(settings(1 << 30), () -> false);
        assertThat(number("SELECT COUNT(*) FROM conversation")).isZero();
        assertThat(watched.open()).isZero();
    }

    @Test
    void opensTheDatabaseAfterAnError() {
        Database database = closing(new Database(settings(1 << 30).source(), name -> null, "", watched));
        watched.failBefore("SELECT 1");
        assertThatThrownBy(() -> database.call(handle -> handle.execute("SELECT 2")))
                .isInstanceOf(TestError.class);
        database.call(handle -> handle.execute("SELECT 2"));
        assertThat(watched.open()).isZero();
    }
}
