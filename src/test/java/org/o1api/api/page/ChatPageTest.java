package org.o1api.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The files of the page: what they load, and what they may not contain. */
class ChatPageTest {
    private static final Path WEBAPP = Path.of("webapp");

    /** Everything that is loaded before the first message can be sent. */
    private static final int MAX_BYTES = 400 * 1024;

    private static final Pattern URL = Pattern.compile("(?:src|href)=\"([^\"]*)\"");
    private static final Pattern INTEGRITY = Pattern.compile("(lib/[\\w.-]+)\" (?:integrity|content)=\"([^\"]+)\"");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*?from '([^']*)';$");
    private static final Pattern TEXT = Pattern.compile("(?m)^    '([\\w.]+)': '");
    private static final Pattern PARAMETER = Pattern.compile("\\{\\w+}");
    private static final Pattern USED_TEXT = Pattern.compile("'([a-z]+\\.[a-zA-Z0-9]+)'");

    private final ChatPage page = load();
    private final String assets = "/assets/" + page.version() + "/";
    private final String index = text("/");

    private static ChatPage load() {
        return ChatPage.load(ChatPageTest::list, ChatPageTest::open);
    }

    private static Set<String> list(String folder) {
        try (Stream<Path> files = Files.list(WEBAPP.resolve(folder.substring(1)))) {
            return files.map(file -> folder + file.getFileName()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable InputStream open(String path) {
        try {
            return Files.newInputStream(WEBAPP.resolve(path.substring(1)));
        } catch (IOException e) {
            return null;
        }
    }

    private PageFile file(String path) {
        return Objects.requireNonNull(page.find(path), path);
    }

    private String text(String path) {
        return new String(file(path).content(), StandardCharsets.UTF_8);
    }

    private Stream<String> paths(String extension) {
        return page.paths().stream().filter(path -> path.endsWith(extension)).sorted();
    }

    private static Stream<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1));
    }

    @Test
    void loadsOnlyItsOwnFiles() {
        List<String> urls = groups(URL, index).toList();

        assertThat(urls)
                .hasSizeGreaterThan(5)
                .allSatisfy(url -> assertThat(page.find("/" + url)).as(url).isNotNull());
        // formulas and colours are loaded later, with these hashes
        assertThat(page.paths())
                .contains(
                        assets + "lib/highlight.min.js",
                        assets + "lib/katex.min.js",
                        assets + "lib/katex.min.css",
                        assets + "lib/fonts/KaTeX_Main-Regular.woff2");
    }

    @Test
    void namesTheHashOfEachLibrary() throws NoSuchAlgorithmException {
        Set<String> found = new TreeSet<>();
        for (MatchResult named : INTEGRITY.matcher(index).results().toList()) {
            byte[] hash = MessageDigest.getInstance("SHA-384")
                    .digest(file(assets + named.group(1)).content());
            assertThat(named.group(2))
                    .as(named.group(1))
                    .isEqualTo("sha384-" + Base64.getEncoder().encodeToString(hash));
            found.add(named.group(1));
        }

        assertThat(found)
                .isEqualTo(page.paths().stream()
                        .filter(path -> path.startsWith(assets + "lib/") && !path.endsWith(".woff2"))
                        .map(path -> path.substring(assets.length()))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void namesAllModules() {
        assertThat(groups(URL, index).filter(url -> url.endsWith(".mjs")).map(url -> "/" + url))
                .containsExactlyInAnyOrderElementsOf(paths(".mjs").toList());
    }

    @Test
    void itsModulesImportEachOther() {
        Set<String> imported = new HashSet<>();
        paths(".mjs")
                .forEach(path -> groups(IMPORT, text(path)).forEach(name -> {
                    assertThat(name).as(path).startsWith("./");
                    assertThat(page.find(assets + name.substring(2)))
                            .as("%s imports %s", path, name)
                            .isNotNull();
                    imported.add(assets + name.substring(2));
                }));

        imported.add(assets + "main.mjs"); // imported by the page
        assertThat(paths(".mjs")).containsExactlyInAnyOrderElementsOf(imported);
    }

    @Test
    void isSmallBeforeTheFirstMessage() {
        int bytes = Stream.concat(Stream.of("/"), groups(URL, index).map(url -> "/" + url))
                .mapToInt(path -> file(path).content().length)
                .sum();

        assertThat(bytes).isLessThan(MAX_BYTES);
    }

    /** Its Content-Security-Policy would forbid them in a browser; here the mistake has a name. */
    @Test
    void hasNoInlineScriptsOrStyles() {
        assertThat(index)
                .doesNotContain("<style", " style=", "javascript:")
                .doesNotContainPattern("<script(?![^>]* src=)")
                .doesNotContainPattern(" on\\w+=");
        paths(".css")
                .filter(path -> !path.contains("/lib/"))
                .forEach(path -> assertThat(text(path)).as(path).doesNotContain("@import", "url("));
    }

    /** HTML is made of strings in one place, which sanitizes it. */
    @Test
    void onlyThePolicyMakesHtml() {
        paths(".mjs")
                .filter(path -> !path.endsWith("/trusted.mjs"))
                .forEach(path -> assertThat(text(path))
                        .as(path)
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("));
    }

    @Test
    void hasAllTextsInAllLanguages() {
        String texts = text(assets + "texts.mjs");
        int split = texts.indexOf("\n  zh: {");
        List<String> english = describedTexts(texts.substring(0, split));

        assertThat(english).hasSizeGreaterThan(50).doesNotHaveDuplicates();
        assertThat(describedTexts(texts.substring(split))).isEqualTo(english);
    }

    /** The keys in their order, each with the parameters of its text. */
    private static List<String> describedTexts(String language) {
        return language.lines()
                .filter(line -> TEXT.matcher(line).find())
                .map(line -> groups(TEXT, line).findFirst().orElseThrow()
                        + PARAMETER
                                .matcher(line)
                                .results()
                                .map(MatchResult::group)
                                .sorted()
                                .toList())
                .toList();
    }

    @Test
    void itsModulesUseOnlyKnownTexts() {
        Set<String> known = groups(TEXT, text(assets + "texts.mjs")).collect(Collectors.toSet());
        Set<String> groups =
                known.stream().map(key -> key.substring(0, key.indexOf('.'))).collect(Collectors.toSet());
        List<String> unknown = new ArrayList<>();
        paths(".mjs")
                .forEach(path -> groups(USED_TEXT, text(path))
                        .filter(key -> groups.contains(key.substring(0, key.indexOf('.'))) && !known.contains(key))
                        .forEach(key -> unknown.add(path + ": " + key)));

        assertThat(unknown).isEmpty();
    }

    @Test
    void hasTheSameVersionForTheSameFiles() {
        assertThat(load().version()).isEqualTo(page.version()).matches("[0-9a-f]{16}");
    }

    @Test
    void hasAnotherVersionIfAnyFileDiffers() {
        ChatPage changed = ChatPage.load(
                ChatPageTest::list,
                path -> path.endsWith("/main.mjs")
                        ? new ByteArrayInputStream("// changed".getBytes(StandardCharsets.UTF_8))
                        : open(path));

        assertThat(changed.version()).isNotEqualTo(page.version());
    }
}
