package org.o1api.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The supported server distributions, each with the packed WAR in {@code webapps} and run in a separate process. */
public enum Distribution {
    TOMCAT_10_1("apache-tomcat-10.1.", Kind.TOMCAT),
    TOMCAT_11("apache-tomcat-11.0.", Kind.TOMCAT),
    JETTY_12_0("jetty-home-12.0.", Kind.JETTY),
    JETTY_12_1("jetty-home-12.1.", Kind.JETTY);

    /** The name of the WAR that makes it the root application. */
    public static final String ROOT = "ROOT";

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Duration START = Duration.ofSeconds(90);

    private final String folder;
    private final Kind kind;

    Distribution(String folder, Kind kind) {
        this.folder = folder;
        this.kind = kind;
    }

    /**
     * A running server.
     *
     * @param url the URL of the gateway, with its context path and without a trailing slash
     * @param base the base folder of the server
     * @param war the WAR in {@code webapps}
     * @param log the file with the output of the process
     */
    public record RunningServer(Process process, URI url, Path base, Path war, Path log) implements AutoCloseable {
        public ChatClient client(String key) {
            return new ChatClient(url, key);
        }

        public String output() throws IOException {
            return Files.readString(log);
        }

        /** Deletes the WAR; the server notices it at its next scan. */
        public void undeploy() throws IOException {
            Files.delete(war);
        }

        /** Stops the server by a signal, and waits for its end. */
        public void stop() {
            process.destroy();
            await().atMost(START).until(() -> !process.isAlive());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** Prepares the base folder of a server before it starts. */
    public interface Setup {
        void prepare(Path base) throws IOException;
    }

    /** Starts the server with the WAR as its root application, and waits until it is ready. */
    public RunningServer start(String config) throws IOException {
        return start(config, base -> {});
    }

    /** The same, with a setup of the base folder. */
    public RunningServer start(String config, Setup setup) throws IOException {
        return start(ROOT, config, setup);
    }

    /**
     * Starts the server with the WAR under a name, and waits until it is ready.
     *
     * @param name the name of the WAR without {@code .war}; it determines the context path
     * @param jvmOptions the JVM options of the server
     */
    public RunningServer start(String name, String config, Setup setup, String... jvmOptions) throws IOException {
        Path base = Files.createTempDirectory(TARGET, "dist-");
        Path war = Files.createDirectory(base.resolve("webapps")).resolve(name + ".war");
        Files.copy(TARGET.resolve("o1-api.war"), war);
        Path file = Files.writeString(base.resolve("config.yaml"), config);
        Path log = base.resolve("out.log");
        ProcessBuilder builder = kind.prepare(home(), base);
        setup.prepare(base);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("O1_API_CONFIG", file.toString());
        builder.environment().keySet().removeAll(List.of("JRE_HOME", "CATALINA_HOME", "CATALINA_OPTS", "JAVA_OPTS"));
        builder.environment().put("JDK_JAVA_OPTIONS", String.join(" ", jvmOptions));
        Process process = builder.directory(base.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            await().atMost(START)
                    .until(() -> !process.isAlive()
                            || kind.started.matcher(Files.readString(log)).find());
            Matcher matcher = kind.started.matcher(Files.readString(log));
            if (!matcher.find()) {
                throw new IllegalStateException(this + " ended: " + Files.readString(log));
            }
            URI url = URI.create("http://127.0.0.1:" + matcher.group(1) + contextPath(name));
            RunningServer running = new RunningServer(process, url, base, war, log);
            await().atMost(START)
                    .ignoreExceptions() // it does not accept connections yet
                    .until(() -> running.client("").get("/health/ready").status() == 200);
            return running;
        } catch (RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static String contextPath(String name) {
        return name.equals(ROOT) ? "" : "/" + name.replace('#', '/');
    }

    /** A port that was just free, for servers that do not report the port they chose. */
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

    private enum Kind {
        TOMCAT("Starting ProtocolHandler \\[\"http-nio-127\\.0\\.0\\.1-(\\d+)\"]") {
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
                // As documented: by default a stopping server still accepts connections and leaves them
                // waiting.
                String connector = "<Connector bindOnInit=\"false\" address=\"127.0.0.1\" port=\"" + freePort() + "\"";
                Files.writeString(
                        server,
                        Files.readString(server)
                                .replace("<Server port=\"8005\"", "<Server port=\"-1\"")
                                .replace("<Connector port=\"8080\"", connector));
                ProcessBuilder process =
                        new ProcessBuilder("sh", home.resolve("bin/catalina.sh").toString(), "run");
                process.environment().put("CATALINA_BASE", base.toString());
                return process;
            }
        },

        JETTY("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}") {
            @Override
            ProcessBuilder prepare(Path home, Path base) throws IOException {
                Files.createDirectory(base.resolve("environments")); // 12.1 warns if it is missing
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

        /** The log line that names the port. */
        private final Pattern started;

        Kind(String started) {
            this.started = Pattern.compile(started);
        }

        /** Creates the base folder of a server, and returns the command that starts it. */
        abstract ProcessBuilder prepare(Path home, Path base) throws IOException;
    }
}
