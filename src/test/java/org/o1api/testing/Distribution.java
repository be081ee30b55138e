package org.o1api.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The servers as people install them, each with the packed WAR in its {@code webapps}, in a process of its own. */
public enum Distribution {
    TOMCAT("apache-tomcat-", Pattern.compile("Starting ProtocolHandler \\[\"http-nio-127\\.0\\.0\\.1-(\\d+)\"]")) {
        @Override
        ProcessBuilder prepare(Path home, Path base) throws IOException {
            for (String folder : List.of("conf", "logs", "temp", "work")) {
                Files.createDirectory(base.resolve(folder));
            }
            try (Stream<Path> files = Files.list(home.resolve("conf"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, base.resolve("conf").resolve(file.getFileName()));
                }
            }
            Path server = base.resolve("conf/server.xml");
            // As the docs say: with the default a server that stops still takes connections, and leaves them waiting.
            Files.writeString(
                    server,
                    Files.readString(server)
                            .replace("<Server port=\"8005\"", "<Server port=\"-1\"")
                            .replace(
                                    "<Connector port=\"8080\"",
                                    "<Connector bindOnInit=\"false\" address=\"127.0.0.1\" port=\"" + freePort()
                                            + "\""));
            ProcessBuilder process =
                    new ProcessBuilder("sh", home.resolve("bin/catalina.sh").toString(), "run");
            process.environment().put("CATALINA_BASE", base.toString());
            return process;
        }
    },

    JETTY("jetty-home-", Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}")) {
        @Override
        ProcessBuilder prepare(Path home, Path base) {
            return new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-jar",
                    home.resolve("start.jar").toString(),
                    "jetty.base=" + base,
                    "jetty.http.host=127.0.0.1",
                    "jetty.http.port=0",
                    "jetty.server.stopTimeout=10000",
                    "jetty.deploy.scanInterval=1",
                    "--module=http,ee10-deploy,graceful");
        }
    };

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final String ROOT = "ROOT.war";
    private static final Duration START = Duration.ofSeconds(90);

    private final String folder;
    private final Pattern started;

    Distribution(String folder, Pattern started) {
        this.folder = folder;
        this.started = started;
    }

    abstract ProcessBuilder prepare(Path home, Path base) throws IOException;

    /** A server that runs, and all that it has said. */
    public record Running(Process process, URI url, Path base, Path log) implements AutoCloseable {
        public ChatClient client(String key) {
            return new ChatClient(url, key);
        }

        public String said() throws IOException {
            return Files.readString(log);
        }

        /** Takes the WAR away, which the server notices after a while. */
        public void undeploy() throws IOException {
            Files.delete(base.resolve("webapps").resolve(ROOT));
        }

        /** Asks the server to stop, as an operator does, and waits until it has. */
        public void stop() {
            process.destroy();
            await().atMost(START).until(() -> !process.isAlive());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** What is done to a server's folder before it starts. */
    public interface Setup {
        void of(Path base) throws IOException;
    }

    /** Starts the server with the WAR as its root application, and waits until it is ready. */
    public Running start(String config) throws IOException {
        return start(config, base -> {});
    }

    /** The same, with something done to its folder first. */
    public Running start(String config, Setup setup) throws IOException {
        Path base = Files.createTempDirectory(TARGET, "dist-");
        Path webapps = Files.createDirectory(base.resolve("webapps"));
        Files.copy(TARGET.resolve("o1-api.war"), webapps.resolve(ROOT), StandardCopyOption.REPLACE_EXISTING);
        Path file = Files.writeString(base.resolve("config.yaml"), config);
        Path log = base.resolve("out.log");
        ProcessBuilder builder = prepare(home(), base);
        setup.of(base);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("O1_API_CONFIG", file.toString());
        builder.environment().keySet().removeAll(List.of("JRE_HOME", "CATALINA_HOME", "CATALINA_OPTS", "JAVA_OPTS"));
        Process process = builder.directory(base.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(START)
                    .until(() -> !process.isAlive()
                            || started.matcher(Files.readString(log)).find());
            Matcher matcher = started.matcher(Files.readString(log));
            if (!matcher.find()) {
                throw new IllegalStateException(this + " ended: " + Files.readString(log));
            }
            Running running = new Running(process, URI.create("http://127.0.0.1:" + matcher.group(1)), base, log);
            await().atMost(START)
                    .ignoreExceptions() // it takes no connections yet
                    .until(() -> running.client("").get("/health/ready").status() == 200);
            return running;
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** A port that was free a moment ago, for servers that cannot tell which one they chose. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Path home() {
        try (Stream<Path> folders = Files.list(TARGET.resolve("distributions"))) {
            return folders.filter(path -> path.getFileName().toString().startsWith(folder))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(this + " is not unpacked: run mvn verify"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
