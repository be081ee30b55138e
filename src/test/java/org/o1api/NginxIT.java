package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.o1api.testing.ChatClient;
import org.o1api.testing.Container;
import org.o1api.testing.Exchange;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Stage;

/** A stream behind nginx with its default buffering, which cuts what is silent: {@code -Do1api.silence=60} for a minute of it. */
class NginxIT {
    private static final int SILENCE_SECONDS = Integer.getInteger("o1api.silence", 3);
    private static final int READ_TIMEOUT_SECONDS = Math.min(5, SILENCE_SECONDS / 3);
    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    @Test
    void keepsASilentStreamAliveBehindNginx() throws Exception {
        assumeTrue(Files.isExecutable(NGINX), "nginx is not installed: apt-get install nginx-light");
        try (FakeUpstream upstream = FakeUpstream.playing(NginxIT::silent);
                RunningGateway gateway = Container.TOMCAT.start("api_bearer_token: " + Stage.KEY + "\ndefault_api_url: "
                        + upstream.url() + "\ndefault_model: fake-model\n")) {
            int port = freePort();
            Process nginx = nginx(port, gateway.url());
            try (ChatClient.Stream stream = new RunningGateway(
                            URI.create("http://127.0.0.1:" + port), gateway.classLoader(), () -> {})
                    .client(Stage.KEY)
                    .ask("?", "\"reasoning_effort\": \"none\"")) {
                assertThat(stream.nextText().content()).isEqualTo("It");
                assertThat(ChatClient.content(stream.rest())).isEqualTo(" is.");
            } finally {
                nginx.destroy();
                nginx.waitFor();
            }
        }
    }

    /** Says nothing before its first word, and nothing after it, for longer than nginx waits. */
    private static void silent(Exchange exchange) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        exchange.stream();
        assertThat(never.await(SILENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
        exchange.text("It");
        assertThat(never.await(SILENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
        exchange.text(" is.").done();
    }

    private static Process nginx(int port, URI gateway) throws IOException {
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
                  server {
                    listen 127.0.0.1:%d;
                    location / {
                      proxy_pass %s;
                      proxy_http_version 1.1;
                      proxy_read_timeout %ds;
                    }
                  }
                }
                """.formatted(port, gateway, READ_TIMEOUT_SECONDS));
        Process nginx = new ProcessBuilder(NGINX.toString(), "-p", base.toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(base.resolve("out.log").toFile())
                .start();
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        });
        return nginx;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
