package org.o1api.api.page;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A JavaScript library of the page. It is a WebJar on the class path, in the version of the pom.
 *
 * @param folder where its files are in the package; empty: at the top
 * @param files the files that the page uses
 */
record Library(String group, String artifact, String folder, List<String> files) {
    private static final String NPM = "org.webjars.npm";

    /** All libraries of the page. */
    static final List<Library> ALL = List.of(
            new Library(NPM, "markdown-it", "dist/", List.of("markdown-it.min.js")),
            new Library(NPM, "dompurify", "dist/", List.of("purify.min.js")),
            new Library("org.webjars", "highlightjs", "", List.of("highlight.min.js")),
            new Library(NPM, "katex", "dist/", List.of("katex.min.js", "katex.min.css")));

    /** The newest of the font formats that a style sheet names; all browsers that run the page read it. */
    private static final Pattern FONT = Pattern.compile("fonts/[\\w-]+\\.woff2");

    Library {
        files = List.copyOf(files);
    }

    /** Reads the files that the page uses, by their names. Fonts keep their place relative to the style sheet. */
    Map<String, byte[]> read() throws IOException {
        String base = "META-INF/resources/webjars/" + artifact + "/" + version() + "/" + folder;
        Map<String, byte[]> contents = new TreeMap<>();
        for (String file : files) {
            byte[] content = resource(base + file);
            contents.put(file, content);
            if (PageFileType.of(file) == PageFileType.STYLE) {
                for (String font : fonts(content)) {
                    contents.put(font, resource(base + font));
                }
            }
        }
        return contents;
    }

    private static List<String> fonts(byte[] style) {
        return FONT.matcher(new String(style, StandardCharsets.UTF_8))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = open("META-INF/maven/" + group + "/" + artifact + "/pom.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version").strip();
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = open(path)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(String path) throws IOException {
        InputStream in = Library.class.getClassLoader().getResourceAsStream(path);
        if (in == null) {
            throw new FileNotFoundException(path + " is not on the class path");
        }
        return in;
    }
}
