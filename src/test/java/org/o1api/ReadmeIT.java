package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.o1api.testing.Container;
import org.o1api.testing.RunningGateway;
import org.o1api.testing.Stage;

/** The README's requests, as a reader pastes them into a shell. */
class ReadmeIT {
    private static final Pattern SHELL = Pattern.compile("(?s)```(?:sh|text)\n(.*?)```");

    @Test
    void theRequestsWork() throws Exception {
        List<String> requests = SHELL.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("curl ") && block.contains("18888"))
                .map(block -> block.substring(block.indexOf("curl ")))
                .toList();
        assertThat(requests).hasSizeGreaterThanOrEqualTo(2);
        assumeTrue(run("curl --version").contains("libcurl"), "curl is not installed");

        try (RunningGateway gateway = Container.JETTY.start("api_bearer_token: " + Stage.KEY)) {
            for (String request : requests) {
                String here = request.replace(
                                "http://127.0.0.1:18888", gateway.url().toString())
                        .replace("sk-...", Stage.KEY);
                assertThat(run(here)).contains(expected(request));
            }
        }
    }

    private static String expected(String request) {
        if (request.contains("/items")) {
            return "My name is Ann.";
        }
        return request.contains("\"stream\": true") ? "data: [DONE]" : "\"chat.completion\"";
    }

    private static String run(String command) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD);
        shell.environment().put("O1_API_KEY", Stage.KEY);
        Process process = shell.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
