package org.o1api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the pages about the code with the code: the names of classes, the packages and their imports. */
class ArchitecturePageTest {
    /** Names in these pages that are not of this project. */
    private static final Set<String> OTHERS = Set.of(
            // Java and Servlet
            "AsyncContext",
            "AsyncContext.dispatch",
            "AutoCloseable",
            "Error",
            "NullPointerException",
            "OutOfMemoryError",
            "ReadListener",
            "Semaphore",
            "ThreadLocal",
            "System.Logger",
            // libraries
            "ChunkedInputFilter.end",
            "HttpClient",
            "HttpUriRequestBase.cancel()",
            "SseEventSink",
            "SseEventSink.send",
            // headers
            "Accept",
            "Allow",
            // excluded parts of names
            "Impl",
            "Util",
            "Helper",
            "Manager");

    /** A class, perhaps with one of its members. */
    private static final Pattern NAME = Pattern.compile("([A-Z][a-z][A-Za-z0-9]*)(?:\\.([A-Za-z]\\w*)(?:\\(.*\\))?)?");

    private static final Pattern CAMEL_CASE = Pattern.compile("\\b([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)\\b");

    private static final Path MAIN = Path.of("src/main/java/org/o1api");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?org\\.o1api\\.([a-z.]+)\\.[A-Z]");

    private final Map<String, Path> sources = sources();

    @Test
    void theClassesExist() {
        List<String> unknown = new ArrayList<>();
        for (Page page : pages()) {
            Stream.concat(page.code().stream(), inDiagrams(page))
                    .filter(NAME.asMatchPredicate())
                    .filter(Predicate.not(OTHERS::contains))
                    .filter(name -> !exists(name))
                    .forEach(name -> unknown.add(page.path() + ": " + name));
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void listsAllPackagesAndWhatTheyImport() {
        Map<String, Set<String>> allowed = new TreeMap<>();
        for (List<String> row : Page.site("architecture.md").rows()) {
            if (row.size() == 3 && row.get(0).matches("`\\.[a-z.]+`")) {
                allowed.put(
                        row.get(0).replaceAll("`\\.?", ""), Set.of(row.get(2).split(", ")));
            }
        }
        Map<String, Set<String>> imports = imports();

        assertThat(allowed.keySet()).isEqualTo(imports.keySet());
        imports.forEach((name, imported) ->
                assertThat(allowed.get(name)).as(name).isNotNull().containsAll(imported));
    }

    /** The packages below the base package, and what each of them imports of the others. */
    private static Map<String, Set<String>> imports() {
        Map<String, Set<String>> imports = new TreeMap<>();
        for (Path source : javaFiles(MAIN)) {
            String name = MAIN.relativize(source.getParent()).toString().replace('/', '.');
            if (!name.isEmpty()) {
                Set<String> imported = imports.computeIfAbsent(name, unused -> new TreeSet<>());
                IMPORT.matcher(Page.read(source).text())
                        .results()
                        .map(match -> match.group(1))
                        .filter(other -> !other.equals(name))
                        .forEach(imported::add);
            }
        }
        return imports;
    }

    private static List<Page> pages() {
        return Page.all().stream()
                .filter(page -> page.path().endsWith("architecture.md")
                        || page.path().endsWith("CONTRIBUTING.md")
                        || page.path().toString().contains("decisions"))
                .toList();
    }

    private static Stream<String> inDiagrams(Page page) {
        return page.blocks().stream()
                .filter(block -> block.language().equals("text"))
                .flatMap(block -> CAMEL_CASE.matcher(block.text()).results())
                .map((MatchResult name) -> name.group(1));
    }

    private boolean exists(String code) {
        MatchResult name = NAME.matcher(code).results().findFirst().orElseThrow();
        Path source = sources.get(name.group(1));
        return source != null && (name.group(2) == null || contains(source, name.group(2)));
    }

    private static boolean contains(Path source, String member) {
        return Pattern.compile("\\b" + member + "\\b")
                .matcher(Page.read(source).text())
                .find();
    }

    private static Map<String, Path> sources() {
        Map<String, Path> sources = new HashMap<>();
        javaFiles(Path.of("src"))
                .forEach(file -> sources.put(file.getFileName().toString().replace(".java", ""), file));
        return sources;
    }

    private static List<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
