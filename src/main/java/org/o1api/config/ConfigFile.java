package org.o1api.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.settings.ConfigException;
import org.o1api.settings.SizeText;

/** The config file that counts, out of the places where one can be. */
public final class ConfigFile {
    private static final String PROPERTY = "o1api.config";
    private static final String VARIABLE = "O1_API_CONFIG";
    private static final int LIMIT = 1 << 20;

    private final @Nullable Path path;
    private final String description;
    private final Function<String, @Nullable String> environment;

    private ConfigFile(@Nullable Path path, String description, Function<String, @Nullable String> environment) {
        this.path = path;
        this.description = description;
        this.environment = environment;
    }

    /**
     * Looks for the file: where a system property, the environment or the servlet context name one, then in the server's
     * folder, then in the working directory.
     *
     * @param properties the system properties
     * @param environment the environment, also for what the file takes from it
     * @param contextParameter the servlet context's {@code o1api.config}
     */
    public static ConfigFile find(
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment,
            @Nullable String contextParameter,
            Path workingDirectory) {
        Search search = new Search();
        search.named("system property " + PROPERTY, properties.apply(PROPERTY));
        search.named("environment variable " + VARIABLE, environment.apply(VARIABLE));
        search.named("servlet context parameter " + PROPERTY, contextParameter);
        search.inFolder("catalina.base", properties.apply("catalina.base"), "conf/o1-api.yaml");
        search.inFolder("jetty.base", properties.apply("jetty.base"), "conf/o1-api.yaml");
        search.inFolder("jetty.base", properties.apply("jetty.base"), "resources/o1-api.yaml");
        search.inFolder("working directory", workingDirectory.toString(), "config.yaml");
        return new ConfigFile(search.found, search.description(), environment);
    }

    /**
     * Reads the file; without one the config is all defaults.
     *
     * @throws ConfigException when it cannot be used, with all that is wrong
     */
    public Config read() {
        return path == null ? Config.defaults() : Config.parse(path.toString(), text(path), environment);
    }

    /** Which file was taken and who named it, or where none was found: a line for the log. */
    @Override
    public String toString() {
        return description;
    }

    private static String text(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new ConfigException(path + ": the file is larger than " + SizeText.format(LIMIT));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new ConfigException(path + ": the file is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(path + ": the file cannot be read: " + e);
        }
    }

    /** The places looked at so far, and the first file found. */
    private static final class Search {
        private final List<String> places = new ArrayList<>();
        private @Nullable Path found;
        private String foundBy = "";

        /** A file that somebody named has to be there. */
        void named(String by, @Nullable String name) {
            if (found != null) {
                return;
            }
            if (name == null || name.isBlank()) {
                places.add(by + " (not set)");
                return;
            }
            Path file = path(by, name.strip());
            if (!Files.exists(file)) {
                throw new ConfigException(file + ": file not found (set by " + by + ")");
            }
            take(by, file);
        }

        void inFolder(String by, @Nullable String folder, String name) {
            if (found != null || folder == null || folder.isBlank()) {
                return;
            }
            Path file = path(by, folder).resolve(name).toAbsolutePath().normalize();
            if (Files.exists(file)) {
                take(by, file);
            } else {
                places.add(file.toString());
            }
        }

        String description() {
            return found == null
                    ? "no config file found, using the defaults; searched: " + String.join(", ", places)
                    : "config file " + found + " (" + foundBy + ")";
        }

        private void take(String by, Path file) {
            found = file;
            foundBy = by;
        }

        private static Path path(String by, String name) {
            try {
                return Path.of(name).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new ConfigException(name + ": invalid path (set by " + by + ")");
            }
        }
    }
}
