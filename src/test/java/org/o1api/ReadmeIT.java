package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.RunningGateway;

/** The requests of the README and of the pages for beginners, run in a shell against the sample configuration. */
class ReadmeIT {
    private static final List<String> PAGES =
            List.of("README.md", "src/site/markdown/getting-started.md", "src/site/markdown/conversations.md");
    private static final Pattern SHELL = Pattern.compile("(?s)```sh\n(.*?)```");

    @Test
    void theRequestsWork() throws Exception {
        List<String> requests = new ArrayList<>();
        for (String page : PAGES) {
            List<String> found = requests(page);
            assertThat(found).as(page).isNotEmpty();
            requests.addAll(found);
        }
        assumeTrue(run("curl --version").contains("libcurl"), "curl is not installed");

        String config = Files.readString(Path.of("config.yaml"))
                .replace("${O1_API_TOKEN:-}", GatewayFixture.KEY)
                .replaceAll("(?m)^#.*$", "");
        try (RunningGateway gateway = Container.JETTY.start(config)) {
            for (String request : requests) {
                String here = request.replace(
                                "http://127.0.0.1:18888", gateway.url().toString())
                        .replace("sk-...", GatewayFixture.KEY);
                assertThat(run(here)).as(request).contains(expected(request));
            }
        }
    }

    private static List<String> requests(String page) throws IOException {
        return SHELL.matcher(Files.readString(Path.of(page)))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("curl ") && block.contains("18888"))
                .toList();
    }

    private static String expected(String request) {
        if (request.contains("/items")) {
            return "My name is Ann.";
        }
        if (request.contains("/v1/models")) {
            return "\"thinker-fast\"";
        }
        if (request.contains("\"markdown\"")) {
            return "### Final Answer";
        }
        return request.contains("\"stream\": true") ? "data: [DONE]" : "\"chat.completion\"";
    }

    private static String run(String command) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD);
        shell.environment().put("O1_API_TOKEN", GatewayFixture.KEY);
        Process process = shell.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
