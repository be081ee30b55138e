package org.o1api.database;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The folder of the embedded database: in the server's data folder, one subfolder per context path, because only one
 * application can open an H2 file.
 */
final class DataFolder {
    private DataFolder() {}

    /**
     * The folder for a context path.
     *
     * @param contextPath empty for the root; all versions of an application (Tomcat's {@code ##2}) have the same path
     */
    static Path of(Function<String, @Nullable String> systemProperties, String contextPath) {
        Path base = base(systemProperties).toAbsolutePath();
        String name = name(contextPath);
        return name.isEmpty() ? base : base.resolve(name);
    }

    private static Path base(Function<String, @Nullable String> systemProperties) {
        String configured = systemProperties.apply("o1api.data");
        if (configured != null) {
            return Path.of(configured);
        }
        for (String server : new String[] {"catalina.base", "jetty.base"}) {
            String base = systemProperties.apply(server);
            if (base != null) {
                return Path.of(base, "data", "o1-api");
            }
        }
        return Path.of("data", "o1-api");
    }

    /**
     * Encodes a context path as a folder name: {@code /} becomes {@code #}, as in Tomcat's WAR names. Different paths
     * have different names.
     */
    private static String name(String contextPath) {
        StringBuilder name = new StringBuilder();
        for (byte b : contextPath.replaceFirst("^/", "").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c == '/') {
                name.append('#');
            } else if (isUnescaped(c) && !(c == '.' && name.isEmpty())) {
                name.append(c);
            } else {
                name.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return name.toString();
    }

    private static boolean isUnescaped(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
