package org.o1api.database;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the embedded database is: in the server's own data folder, with a folder of its own for each context path, because a file
 * of H2 can be open in one application only.
 */
final class DataFolder {
    private DataFolder() {}

    /**
     * The folder.
     *
     * @param contextPath empty for the root; versions of one application (Tomcat's {@code ##2}) have the same
     */
    static Path of(Function<String, @Nullable String> systemProperties, String contextPath) {
        Path base = base(systemProperties).toAbsolutePath();
        String name = name(contextPath);
        return name.isEmpty() ? base : base.resolve(name);
    }

    private static Path base(Function<String, @Nullable String> systemProperties) {
        String own = systemProperties.apply("o1api.data");
        if (own != null) {
            return Path.of(own);
        }
        for (String server : new String[] {"catalina.base", "jetty.base"}) {
            String base = systemProperties.apply(server);
            if (base != null) {
                return Path.of(base, "data", "o1-api");
            }
        }
        return Path.of("data", "o1-api");
    }

    /** A context path as the name of a folder: a slash is a {@code #}, as in Tomcat's names of WARs, and no two paths share a name. */
    private static String name(String contextPath) {
        StringBuilder name = new StringBuilder();
        for (byte b : contextPath.replaceFirst("^/", "").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c == '/') {
                name.append('#');
            } else if (isPlain(c) && !(c == '.' && name.isEmpty())) {
                name.append(c);
            } else {
                name.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return name.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
