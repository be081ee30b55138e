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
import org.o1api.reasoning.StrategyType;
import org.o1api.settings.ConfigException;
import org.o1api.settings.SizeText;

/** Finds and reads the config file. */
public final class ConfigFile {
    private static final String PROPERTY = "o1api.config";
    private static final String VARIABLE = "O1_API_CONFIG";
    private static final int MAX_BYTES = 1 << 20;

    private final @Nullable Path path;
    private final String description;
    private final Function<String, @Nullable String> environment;

    private ConfigFile(@Nullable Path path, String description, Function<String, @Nullable String> environment) {
        this.path = path;
        this.description = description;
        this.environment = environment;
    }

    /**
     * Finds the file. A path set by a system property, an environment variable or a servlet context parameter comes first, then the
     * server's base folder, then the working directory.
     *
     * @param properties returns system properties
     * @param environment returns environment variables, also for substitution in the file
     * @param contextParameter the servlet context parameter {@code o1api.config}
     */
    public static ConfigFile find(
            Function<String, @Nullable String> properties,
            Function<String, @Nullable String> environment,
            @Nullable String contextParameter,
            Path workingDirectory) {
        Search search = new Search();
        search.checkConfigured("system property " + PROPERTY, properties.apply(PROPERTY));
        search.checkConfigured("environment variable " + VARIABLE, environment.apply(VARIABLE));
        search.checkConfigured("servlet context parameter " + PROPERTY, contextParameter);
        search.checkFolder("catalina.base", properties.apply("catalina.base"), "conf/o1-api.yaml");
        search.checkFolder("jetty.base", properties.apply("jetty.base"), "conf/o1-api.yaml");
        search.checkFolder("jetty.base", properties.apply("jetty.base"), "resources/o1-api.yaml");
        search.checkFolder("working directory", workingDirectory.toString(), "config.yaml");
        return new ConfigFile(search.found, search.description(), environment);
    }

    /**
     * Reads the file; without one, returns the defaults.
     *
     * @param strategies the known strategies, the default first
     * @throws ConfigException if the file is invalid; lists all problems
     */
    public Config read(List<StrategyType> strategies) {
        return path == null ? Config.defaults(strategies) : Config.parse(path, text(path), environment, strategies);
    }

    /** For the log: the file that is used and what set it, or the places that were searched. */
    @Override
    public String toString() {
        return description;
    }

    private static String text(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ConfigException(path + ": the file is larger than " + SizeText.format(MAX_BYTES));
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

    /** The places searched so far, and the first file found. */
    private static final class Search {
        private final List<String> searched = new ArrayList<>();
        private @Nullable Path found;
        private String foundSource = "";

        /** Checks a path that was set explicitly; the file must exist. */
        void checkConfigured(String source, @Nullable String name) {
            if (found != null) {
                return;
            }
            if (name == null || name.isBlank()) {
                searched.add(source + " (not set)");
                return;
            }
            Path file = path(source, name.strip());
            if (!Files.exists(file)) {
                throw new ConfigException(file + ": file not found (set by " + source + ")");
            }
            use(source, file);
        }

        void checkFolder(String source, @Nullable String folder, String name) {
            if (found != null || folder == null || folder.isBlank()) {
                return;
            }
            Path file = path(source, folder).resolve(name).toAbsolutePath().normalize();
            if (Files.exists(file)) {
                use(source, file);
            } else {
                searched.add(file.toString());
            }
        }

        String description() {
            return found == null
                    ? "no config file found, using the defaults; searched: " + String.join(", ", searched)
                    : "config file " + found + " (" + foundSource + ")";
        }

        private void use(String source, Path file) {
            found = file;
            foundSource = source;
        }

        private static Path path(String source, String name) {
            try {
                return Path.of(name).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new ConfigException(name + ": invalid path (set by " + source + ")");
            }
        }
    }
}
