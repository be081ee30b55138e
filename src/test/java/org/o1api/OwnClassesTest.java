package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnClassesTest {
    private static final Path CLASSES = Path.of("target/classes");

    /** The paths in a folder, in the form of a servlet container. */
    private static Set<String> list(String folder) {
        try (Stream<Path> paths = Files.list(CLASSES.resolve(folder.replaceFirst("^/WEB-INF/classes/", "")))) {
            return paths.map(path -> folder + path.getFileName() + (Files.isDirectory(path) ? "/" : ""))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** None of them has an effect that a server would not expect, or needs what a server does not have. */
    @Test
    void initializesAllClasses() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("org/o1api"))) {
            long expected = files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
                    .count();
            assertThat(OwnClasses.initialize(OwnClassesTest::list)).isEqualTo((int) expected);
        }
    }

    @Test
    void doesNothingIfTheClassesAreElsewhere() {
        assertThat(OwnClasses.initialize(folder -> null)).isZero();
    }
}
