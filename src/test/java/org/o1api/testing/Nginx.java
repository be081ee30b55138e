package org.o1api.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** nginx in front of gateways, set up as the docs say. */
public final class Nginx implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

    private final Process process;
    private final int port;

    private Nginx(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it; where it is not installed, the test is left out. */
    public static Nginx before(List<URI> gateways, String settings) {
        assumeTrue(Files.isExecutable(PROGRAM), "nginx is not installed: apt-get install nginx-light");
        String servers = gateways.stream()
                .map(gateway -> "server " + gateway.getAuthority() + ";")
                .collect(Collectors.joining(" "));
        try {
            int port = Distribution.freePort();
            Path base = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "nginx-");
            Path config = Files.writeString(base.resolve("nginx.conf"), """
                    daemon off;
                    master_process off;
                    pid nginx.pid;
                    error_log error.log;
                    events {}
                    http {
                      access_log off;
                      client_body_temp_path body;
                      proxy_temp_path proxy;
                      fastcgi_temp_path fastcgi;
                      uwsgi_temp_path uwsgi;
                      scgi_temp_path scgi;
                      upstream o1-api {
                        least_conn;
                        %s
                        keepalive 64;
                      }
                      server {
                        listen 127.0.0.1:%d;
                        location / {
                          proxy_pass http://o1-api;
                          proxy_http_version 1.1;
                          proxy_set_header Connection "";
                          %s
                        }
                      }
                    }
                    """.formatted(servers, port, settings));
            Process process = new ProcessBuilder(PROGRAM.toString(), "-p", base.toString(), "-c", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(base.resolve("out.log").toFile())
                    .start();
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return true;
            });
            return new Nginx(process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ChatClient client(String key) {
        return new ChatClient(URI.create("http://127.0.0.1:" + port), key);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
