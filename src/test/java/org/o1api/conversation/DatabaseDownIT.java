package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.o1api.database.Database;
import org.o1api.database.DatabaseSource;
import org.o1api.model.ErrorCode;
import org.o1api.testing.HangingProxy;
import org.o1api.testing.Postgres;

/** Behaviour while the database is unreachable. */
@Tag("alone")
class DatabaseDownIT extends StoreFixture {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Logger LOGGER = Logger.getLogger(Database.class.getName());

    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final Handler handler = new Handler() {
        /** Ignores the log of gateways that other tests have left running in this JVM, by their thread names. */
        @Override
        public void publish(LogRecord line) {
            if (!Thread.currentThread().getName().startsWith("o1-api-")) {
                log.add(line.getLevel() + " " + line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    DatabaseDownIT() {
        super(DatabaseType.POSTGRESQL);
    }

    @BeforeEach
    void addLogHandler() {
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void removeLogHandler() {
        LOGGER.removeHandler(handler);
    }

    private Database unopened(String url) {
        return closeAfterTest(
                new Database(new DatabaseSource.Url(url, "postgres", "pa55word", 10), name -> null, "", instrumented));
    }

    private static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?password=pa55word";
    }

    private int port() {
        return Integer.parseInt(url().replaceFirst(".*:(\\d+)/.*", "$1"));
    }

    private void awaitUp(Conversations node) {
        await().atMost(TIMEOUT)
                .ignoreExceptions()
                .until(() -> node.store().find("ann", "none").isEmpty());
    }

    private void requireUnavailable(Conversations node) {
        assertThat(expectError(() -> node.store().find("ann", "none")).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    private List<String> logLines(String start) {
        return List.copyOf(log).stream().filter(line -> line.startsWith(start)).toList();
    }

    /** A port without a listener. */
    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return server.getLocalPort();
        }
    }

    @Test
    void failsImmediatelyWhileTheServerRefusesConnections() throws Exception {
        int port = closedPort();
        Conversations node = node(unopened(jdbcUrl(port, "db")), 1 << 30);
        node.startMaintenance(scheduler());
        await().atMost(TIMEOUT).until(() -> !logLines("WARNING").isEmpty());
        // If each call waited for the timeout of the pool, these would take hours.
        for (int i = 0; i < 10_000; i++) {
            requireUnavailable(node);
        }
        assertThat(logLines("WARNING"))
                .containsExactly("WARNING conversation database failed: java.net.ConnectException: Connection refused");
        assertThat(instrumented.openConnections()).isZero();
    }

    @Test
    void logsFailureAndRecoveryOnce() throws Exception {
        HangingProxy proxy = closeAfterTest(new HangingProxy(port()));
        String name = url().replaceFirst(".*/(db\\d+).*", "$1");
        Conversations node = node(unopened(jdbcUrl(proxy.port(), name)), 1 << 30);
        node.startMaintenance(scheduler());
        awaitUp(node);
        assertThat(log).isEmpty();
        runTurn(node, ref("ann", "down"), "One?");

        Postgres.allowConnections(url(), false);
        try {
            await().atMost(TIMEOUT).until(() -> {
                requireUnavailable(node);
                return logLines("WARNING").size() == 1;
            });
            for (int i = 0; i < 1000; i++) {
                requireUnavailable(node);
            }
        } finally {
            Postgres.allowConnections(url(), true);
        }
        awaitUp(node);
        await().atMost(TIMEOUT).until(() -> !logLines("INFO").isEmpty());
        runTurn(node, ref("ann", "down"), "Two?");
        assertThat(logLines("WARNING"))
                .singleElement()
                .asString()
                .contains("org.postgresql.util.PSQLException: FATAL: ")
                .doesNotContain("pa55word");
        assertThat(logLines("INFO")).containsExactly("INFO conversation database is available");
    }

    @Test
    void blocksFewThreadsWhileTheServerHangs() throws Exception {
        HangingProxy proxy = closeAfterTest(new HangingProxy(port()));
        Conversations node = node(unopened(jdbcUrl(proxy.port(), url().replaceFirst(".*/(db\\d+).*", "$1"))), 1 << 30);
        node.startMaintenance(scheduler());
        awaitUp(node);
        proxy.hang();
        Set<Thread> waiting = ConcurrentHashMap.newKeySet();
        CountDownLatch done = new CountDownLatch(200 - 10);
        for (int i = 0; i < 200; i++) {
            Thread thread = new Thread(() -> {
                requireUnavailable(node);
                waiting.remove(Thread.currentThread());
                done.countDown();
            });
            waiting.add(thread);
            thread.start();
        }
        assertThat(done.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(waiting).hasSizeLessThanOrEqualTo(10);
        await().atMost(TIMEOUT).until(waiting::isEmpty);
        for (int i = 0; i < 10_000; i++) { // as above
            requireUnavailable(node);
        }
        assertThat(logLines("WARNING")).isNotEmpty();
    }

    @Test
    void logsWhyItCannotConnect() throws Exception {
        requireUnavailable(node(unopened(url().replaceFirst("/db\\d+", "/no_such_database")), 1 << 30));
        requireUnavailable(node(unopened("jdbc:postgresql://127.0.0.1:no-port/db?password=pa55word"), 1 << 30));
        requireUnavailable(node(unopened("jdbc:h2:file:" + folder + "/x;PASSWORD=pa55word;NO_SUCH=1"), 1 << 30));
        assertThat(logLines("WARNING"))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("database \"no_such_database\" does not exist"))
                .allSatisfy(line -> assertThat(line).doesNotContain("pa55word"));
    }

    @Test
    void logsThatAnotherApplicationHasOpenedTheFile() throws Exception {
        String file = "jdbc:h2:file:" + folder + "/x";
        Conversations first = node(unopened(file), 1 << 30);
        assertThat(first.store().find("ann", "none")).isEmpty();
        closeAll();
        try (FileChannel channel = FileChannel.open(
                        Path.of(folder + "/x.mv.db"), StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            requireUnavailable(node(unopened(file), 1 << 30));
        }
        assertThat(logLines("WARNING"))
                .singleElement()
                .asString()
                .contains("open in another application or process")
                .contains("conversations.url");
    }

    @Test
    void connectsWhenThePortOpensLater() throws Exception {
        int port = closedPort();
        Conversations node = node(unopened(jdbcUrl(port, url().replaceFirst(".*/(db\\d+).*", "$1"))), 1 << 30);
        node.startMaintenance(scheduler());
        await().atMost(TIMEOUT).until(() -> !logLines("WARNING").isEmpty());
        HangingProxy proxy = closeAfterTest(new HangingProxy(port(), port));
        assertThat(proxy.port()).isEqualTo(port);
        awaitUp(node);
        runTurn(node, ref("ann", "late"), "One?");
    }
}
