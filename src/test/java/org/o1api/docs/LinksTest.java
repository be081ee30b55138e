package org.o1api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinksTest {
    @Test
    void relativeLinksHaveATarget() {
        List<String> broken = new ArrayList<>();
        for (Page page : Page.all()) {
            for (String link : page.links()) {
                if (!link.contains("://") && !exists(page, link)) {
                    broken.add(page.path() + ": " + link);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    private static boolean exists(Page page, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page.path() : page.path().resolveSibling(file);
        if (hash < 0) {
            return Files.exists(target.normalize());
        }
        String anchor = link.substring(hash + 1);
        return Files.exists(target.normalize())
                && Page.read(target.normalize()).headings().stream()
                        .anyMatch(heading -> heading.anchor().equals(anchor));
    }
}
