package org.o1api.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation, in Markdown. */
record Page(Path path, String text) {
    private static final Path SITE = Path.of("src/site/markdown");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^(#+) (.*)$");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]\\n]*]\\(([^)\\s]+)\\)");

    /** A block of code. */
    record Block(String language, String text) {}

    /** A heading; level 1 is the page's title. */
    record Heading(int level, String title) {
        /** The heading's anchor in links, as GitHub makes it. */
        String anchor() {
            return title.toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
        }
    }

    static Page read(Path path) {
        try {
            return new Page(path, Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Page site(String name) {
        return read(SITE.resolve(name));
    }

    /** All pages: the README, those of the site, and those for contributors. */
    static List<Page> all() {
        return Stream.concat(
                        Stream.of(Path.of("README.md")),
                        Stream.of(SITE, Path.of(".github")).flatMap(Page::below))
                .map(Page::read)
                .toList();
    }

    private static Stream<Path> below(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Block> blocks() {
        return BLOCK.matcher(text)
                .results()
                .map(block -> new Block(block.group(1), block.group(2)))
                .toList();
    }

    private String prose() {
        return BLOCK.matcher(text).replaceAll("");
    }

    List<Heading> headings() {
        return HEADING.matcher(prose())
                .results()
                .map(heading -> new Heading(heading.group(1).length(), heading.group(2)))
                .toList();
    }

    /** Inline code. */
    List<String> code() {
        return groups(CODE, prose());
    }

    /** The targets of links. */
    List<String> links() {
        return groups(LINK, CODE.matcher(prose()).replaceAll(""));
    }

    /** The rows of all tables, as lists of cells. */
    List<List<String>> rows() {
        return prose().lines()
                .filter(line -> line.startsWith("| ") && line.endsWith(" |"))
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ", -1)))
                .toList();
    }

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
