package org.o1api.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The deployment page, whose configurations are run by tests. */
final class DeploymentPage {
    private static final Path PAGE = Path.of("src/site/markdown/deployment.md");

    private DeploymentPage() {}

    /** The code blocks of the page in a language, in their order. */
    static List<String> codeBlocks(String language) {
        try {
            return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
                    .matcher(Files.readString(PAGE))
                    .results()
                    .map((MatchResult block) -> block.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces a passage, which must exist. */
    static String replace(String text, String passage, String other) {
        if (!text.contains(passage)) {
            throw new IllegalStateException("'" + passage + "' is no longer on the page " + PAGE);
        }
        return text.replace(passage, other);
    }
}
