package org.o1api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares the Chinese README with the English one. */
class TranslationTest {
    private static final Path ENGLISH = Path.of("README.md");
    private static final Path CHINESE = Path.of("src/site/markdown/README.zh.md");

    private final Page english = Page.read(ENGLISH);
    private final Page chinese = Page.read(CHINESE);

    @Test
    void hasTheSameSections() {
        assertThat(levels(chinese)).isEqualTo(levels(english)).hasSizeGreaterThan(5);
    }

    @Test
    void hasTheSameExamplesExceptForComments() {
        assertThat(examples(chinese)).isEqualTo(examples(english)).hasSizeGreaterThan(5);
    }

    /** Links in the same order, except the links from one README to the other. */
    @Test
    void hasTheSameLinks() {
        assertThat(targets(chinese)).isEqualTo(targets(english)).hasSizeGreaterThan(5);
    }

    private static List<Integer> levels(Page page) {
        return page.headings().stream().map(Page.Heading::level).toList();
    }

    private static List<Page.Block> examples(Page page) {
        return page.blocks().stream()
                .map(block -> new Page.Block(
                        block.language(),
                        block.language().equals("text") ? block.text() : withoutComments(block.text())))
                .toList();
    }

    private static String withoutComments(String code) {
        return code.replaceAll("(?m)\\s+# .*$", "");
    }

    private static List<Path> targets(Page page) {
        return page.links().stream()
                .map(link -> page.path().resolveSibling(link).normalize())
                .filter(target -> !target.equals(ENGLISH) && !target.equals(CHINESE))
                .toList();
    }
}
