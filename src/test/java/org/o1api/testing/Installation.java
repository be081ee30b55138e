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

    /** Each server with the WAR as its root application and under a context path; on Tomcat also under one of two segments. */
    public static Stream<Installation> all() {
        return Arrays.stream(Distribution.values())
                .flatMap(server -> names(server).map(name -> new Installation(server, name)));
    }

    private static Stream<String> names(Distribution server) {
        return switch (server) {
            case TOMCAT_10_1, TOMCAT_11 -> Stream.of(Distribution.ROOT, CONTEXT, NESTED_CONTEXT);
            case JETTY_12_0, JETTY_12_1 -> Stream.of(Distribution.ROOT, CONTEXT);
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
