package org.o1api.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.loader.WebappLoader;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The servlet containers in which the WAR is tested, embedded in this JVM. The gateway runs with the WAR's own classes. */
public enum Container {
    JETTY {
        @Override
        RunningGateway start(Path config) {
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            WebAppContext webapp = new WebAppContext();
            webapp.setContextPath("/");
            webapp.setWar(WAR.toString());
            webapp.setParentLoaderPriority(false);
            webapp.setThrowUnavailableOnStartupException(true);
            webapp.setInitParameter(CONFIG, config.toString());
            server.setHandler(webapp);
            server.setStopTimeout(5000);
            try {
                server.start();
            } catch (Exception e) {
                stop(server);
                throw new IllegalStateException("Jetty did not start", e);
            }
            return new RunningGateway(
                    URI.create("http://127.0.0.1:" + connector.getLocalPort()),
                    webapp.getClassLoader(),
                    () -> stop(server));
        }

        private void stop(Server server) {
            try {
                server.stop();
            } catch (Exception e) {
                throw new IllegalStateException("Jetty did not stop", e);
            }
        }
    },

    TOMCAT {
        @Override
        RunningGateway start(Path config) {
            Path base = temporary();
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(base.toString());
            tomcat.setHostname("127.0.0.1");
            tomcat.setPort(0);
            tomcat.getConnector().setProperty("address", "127.0.0.1");
            tomcat.getHost().setAppBase(folder(base, "webapps").toString());
            tomcat.setAddDefaultWebXmlToWebapp(false);
            Context context = tomcat.addWebapp("", new File(WAR.toString()).getAbsolutePath());
            Tomcat.initWebappDefaults(context);
            context.removeServletMapping("*.jsp");
            context.removeServletMapping("*.jspx");
            context.removeChild(context.findChild("jsp"));
            StandardJarScanner scanner = new StandardJarScanner();
            scanner.setScanClassPath(false);
            context.setJarScanner(scanner);
            WebappLoader loader = new WebappLoader();
            loader.setDelegate(false);
            context.setLoader(loader);
            context.addParameter(CONFIG, config.toString());
            try {
                tomcat.start();
                if (context.getState() != LifecycleState.STARTED) {
                    throw new IllegalStateException("the web application is " + context.getState());
                }
            } catch (LifecycleException | RuntimeException e) {
                stop(tomcat);
                throw new IllegalStateException("Tomcat did not start", e);
            }
            return new RunningGateway(
                    URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort()),
                    context.getLoader().getClassLoader(),
                    () -> stop(tomcat));
        }

        private void stop(Tomcat tomcat) {
            try {
                tomcat.stop();
                tomcat.destroy();
            } catch (LifecycleException e) {
                throw new IllegalStateException("Tomcat did not stop", e);
            }
        }
    };

    private static final Path WAR = Path.of("target", "o1-api").toAbsolutePath();
    private static final String CONFIG = "o1api.config";

    abstract RunningGateway start(Path config);

    /** Starts the WAR with the text of a config file. Conversations are stored in a temporary folder unless the config sets their place. */
    public RunningGateway start(String config) {
        Path folder = temporary();
        Path file = folder.resolve("config.yaml");
        String conversations = config.contains("conversations:")
                ? ""
                : "\nconversations: { url: \"jdbc:h2:file:" + folder.resolve("conversations") + "\" }\n";
        try {
            Files.writeString(file, config + conversations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return start(file);
    }

    private static Path folder(Path parent, String name) {
        try {
            return Files.createDirectory(parent.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary() {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "it-");
            return folder.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
