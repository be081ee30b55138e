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

/** A reverse proxy in front of gateways, configured by the text of the deployment page. */
public final class ReverseProxy implements AutoCloseable {
    /** The reverse proxies of the deployment page that tests can run. */
    public enum Kind {
        NGINX("/usr/sbin/nginx", "nginx-light") {
            @Override
            List<String> command(Path base, Path config) {
                return List.of("-p", base.toString(), "-c", config.toString());
            }

            @Override
            String config(Path base, int port, URI gateway, int timeoutSeconds) {
                String page = DeploymentPage.codeBlocks("nginx").get(0);
                page = DeploymentPage.replace(page, "127.0.0.1:8080", gateway.getAuthority());
                page = DeploymentPage.replace(
                        page, "proxy_read_timeout 60s;", "proxy_read_timeout " + timeoutSeconds + "s;");
                return nginx(page, port);
            }
        },

        /** nginx with its defaults: it uses HTTP/1.0 to the gateway, and buffers replies unless a header disables that. */
        DEFAULT_NGINX("/usr/sbin/nginx", "nginx-light") {
            @Override
            List<String> command(Path base, Path config) {
                return NGINX.command(base, config);
            }

            @Override
            String config(Path base, int port, URI gateway, int timeoutSeconds) {
                return nginx(
                        "server { listen 80; location / { proxy_pass " + gateway + "; proxy_read_timeout "
                                + timeoutSeconds + "s; } }\n",
                        port);
            }
        },

        HTTPD("/usr/sbin/apache2", "apache2") {
            @Override
            List<String> command(Path base, Path config) {
                return List.of("-d", base.toString(), "-f", config.toString(), "-DFOREGROUND");
            }

            @Override
            String config(Path base, int port, URI gateway, int timeoutSeconds) {
                String page = DeploymentPage.codeBlocks("apache").get(0);
                page = DeploymentPage.replace(page, "127.0.0.1:8080", gateway.getAuthority());
                page = DeploymentPage.replace(page, "timeout=60", "timeout=" + timeoutSeconds);
                return """
                        Listen 127.0.0.1:%d
                        ServerName localhost
                        PidFile httpd.pid
                        ErrorLog error.log
                        DefaultRuntimeDir .
                        Mutex default:. default
                        User #65534
                        Group #65534
                        LoadModule mpm_event_module %2$s/mod_mpm_event.so
                        LoadModule authz_core_module %2$s/mod_authz_core.so
                        LoadModule env_module %2$s/mod_env.so
                        LoadModule filter_module %2$s/mod_filter.so
                        LoadModule deflate_module %2$s/mod_deflate.so
                        LoadModule proxy_module %2$s/mod_proxy.so
                        LoadModule proxy_http_module %2$s/mod_proxy_http.so
                        SetOutputFilter DEFLATE
                        """.formatted(port, HTTPD_MODULES) + DeploymentPage.replace(page, "*:80", "*:" + port);
            }
        };

        private final Path program;
        private final String debianPackage;

        Kind(String program, String debianPackage) {
            this.program = Path.of(program);
            this.debianPackage = debianPackage;
        }

        /** Its command-line options. */
        abstract List<String> command(Path base, Path config);

        abstract String config(Path base, int port, URI gateway, int timeoutSeconds);

        /**
         * Starts the proxy; skips the test if it is not installed.
         *
         * @param timeoutSeconds the read timeout of the proxy
         */
        public ReverseProxy startInFrontOf(URI gateway, int timeoutSeconds) {
            return start(this, (base, port) -> config(base, port, gateway, timeoutSeconds));
        }
    }

    private static final String HTTPD_MODULES = "/usr/lib/apache2/modules";

    /** Creates the configuration for a folder and a port. */
    @FunctionalInterface
    private interface Config {
        String at(Path base, int port);
    }

    private final Process process;
    private final int port;

    private ReverseProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** nginx in front of two nodes, balanced round-robin. */
    public static ReverseProxy nginxInFrontOf(URI one, URI two) {
        List<String> page = DeploymentPage.codeBlocks("nginx");
        String server = page.get(0).substring(page.get(0).indexOf("server {"));
        String nodes = DeploymentPage.replace(page.get(1), "10.0.0.11:8080", one.getAuthority());
        nodes = DeploymentPage.replace(nodes, "10.0.0.12:8080", two.getAuthority());
        String retries = page.get(2);
        String config = nodes + DeploymentPage.replace(server, "proxy_pass ", retries.strip() + "\nproxy_pass ");
        return start(Kind.NGINX, (base, port) -> nginx(config, port));
    }

    private static String nginx(String page, int port) {
        return """
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
                """ + DeploymentPage.replace(page, "listen 80;", "listen 127.0.0.1:" + port + ";") + "}\n";
    }

    private static ReverseProxy start(Kind kind, Config config) {
        assumeTrue(
                Files.isExecutable(kind.program),
                kind.program + " is not installed: apt-get install " + kind.debianPackage);
        try {
            int port = Distribution.freePort();
            Path base = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "proxy-");
            Path file = Files.writeString(base.resolve("proxy.conf"), config.at(base, port));
            ProcessBuilder process = new ProcessBuilder(kind.program.toString());
            process.command().addAll(kind.command(base, file));
            Process started = process.redirectErrorStream(true)
                    .redirectOutput(base.resolve("out.log").toFile())
                    .start();
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return true;
            });
            return new ReverseProxy(started, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The URL at which it listens. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public ChatClient client(String key) {
        return new ChatClient(url(), key);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
