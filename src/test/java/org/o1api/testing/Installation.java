package org.o1api.testing;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The WAR installed under one context path of one server.
 *
 * @param name the name of the WAR without {@code .war}, which determines the context path
 */
public record Installation(Distribution server, String name) {
    private static final String CONTEXT = "o1-api";
    private static final String NESTED_CONTEXT = "a#b";

    /** Each server with the WAR as its root application and under a context path, on one of them of two segments. */
    public static Stream<Installation> all() {
        return Arrays.stream(Distribution.values())
                .flatMap(server -> names(server).map(name -> new Installation(server, name)));
    }

    /** Each server once, with different names of the WAR. */
    public static Stream<Installation> onePerServer() {
        return Stream.of(
                new Installation(Distribution.TOMCAT_10_1, Distribution.ROOT),
                new Installation(Distribution.TOMCAT_11, NESTED_CONTEXT),
                new Installation(Distribution.JETTY_12_0, CONTEXT),
                new Installation(Distribution.JETTY_12_1, Distribution.ROOT));
    }

    /** Whether the WAR is the root application. */
    public boolean isRoot() {
        return name.equals(Distribution.ROOT);
    }

    private static Stream<String> names(Distribution server) {
        return switch (server) {
            case TOMCAT_11 -> Stream.of(Distribution.ROOT, NESTED_CONTEXT);
            case TOMCAT_10_1, JETTY_12_0, JETTY_12_1 -> Stream.of(Distribution.ROOT, CONTEXT);
        };
    }

    /** Starts the server, and waits until the gateway is ready. */
    public Distribution.RunningServer start(String config) throws IOException {
        return server.start(name, config, base -> {});
    }

    @Override
    public String toString() {
        return server + " " + name;
    }
}
