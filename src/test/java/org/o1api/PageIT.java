package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;

/** The chat page, as a browser gets it: without a key. */
class PageIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern URL = Pattern.compile("(?:src|href)=\"([^\"$]*)\"|from '\\./([^']*)'");

    private static HttpResponse<String> send(GatewayFixture fixture, String path, String method, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(fixture.gateway().url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @InContainers
    void servesThePageWithAStrictPolicy(GatewayFixture fixture) throws Exception {
        HttpResponse<String> page = send(fixture, "/", "GET");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
        assertThat(header(page, "Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self';", "style-src 'self';", "trusted-types o1-api")
                .doesNotContain("unsafe", "http");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
        assertThat(header(page, "x-request-id")).isNotBlank();
    }

    /** All URLs are relative, so they also work under a context path and behind a proxy's prefix. */
    @InContainers
    void servesEverythingThatThePageLoads(GatewayFixture fixture) throws Exception {
        URI base = URI.create("/");
        Set<String> found = new LinkedHashSet<>();
        Deque<URI> open = new ArrayDeque<>(List.of(base));
        while (!open.isEmpty()) {
            URI current = open.remove();
            HttpResponse<String> response = send(fixture, current.toString(), "GET");
            assertThat(response.statusCode()).as("%s", current).isEqualTo(200);
            assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
            if (!current.equals(base)) {
                assertThat(header(response, "Cache-Control")).contains("max-age=31536000", "immutable");
            }
            URL.matcher(response.body()).results().forEach(link -> {
                String relative = link.group(1) == null ? link.group(2) : link.group(1);
                assertThat(relative).doesNotStartWith("/").doesNotContain(":");
                URI target = current.resolve(relative);
                if (found.add(target.toString()) && !target.toString().contains("/lib/")) {
                    open.add(target);
                }
            });
        }
        for (String library :
                found.stream().filter(path -> path.contains("/lib/")).toList()) {
            HttpResponse<String> response = send(fixture, library, "GET");
            assertThat(response.statusCode()).as(library).isEqualTo(200);
            assertThat(header(response, "Content-Type")).isEqualToIgnoringCase("text/javascript;charset=utf-8");
        }

        assertThat(found).hasSizeGreaterThan(20).anyMatch(path -> path.endsWith("/lib/purify.min.js"));
    }

    @InContainers
    void isNotSentAgainIfTheBrowserHasIt(GatewayFixture fixture) throws Exception {
        HttpResponse<String> first = send(fixture, "/", "GET");
        HttpResponse<String> again = send(fixture, "/", "GET", "If-None-Match", header(first, "ETag"));
        HttpResponse<String> other = send(fixture, "/", "GET", "If-None-Match", "\"other\"");

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @InContainers
    void answersHeadWithoutABody(GatewayFixture fixture) throws Exception {
        HttpResponse<String> head = send(fixture, "/", "HEAD");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Length")).isEqualTo(header(send(fixture, "/", "GET"), "Content-Length"));
    }

    /** Only the page's own files need no key, whatever a container makes of a path. */
    @InContainers
    void opensNothingElse(GatewayFixture fixture) throws Exception {
        for (String path : List.of(
                "/index.html",
                "/assets",
                "/assets/",
                "/assets/main.mjs",
                "/assets/../v1/models",
                "/assets/%2e%2e/v1/models",
                "/assets/..;/v1/models",
                "/assets/;/../../v1/models",
                "/;x=1",
                "/WEB-INF/web.xml",
                "/assets/../WEB-INF/web.xml")) {
            HttpResponse<String> response = send(fixture, path, "GET");
            assertThat(response.statusCode()).as(path).isIn(400, 401, 404);
            assertThat(response.body()).as(path).doesNotContain("fake-model", "web-app");
        }
        HttpResponse<String> unknown = send(fixture, "/assets/0123456789abcdef/main.mjs", "GET");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("\"code\":\"unknown_url\"");
        assertThat(header(unknown, "Cache-Control")).doesNotContain("immutable");
    }

    @InContainers
    void isReadOnly(GatewayFixture fixture) throws Exception {
        assertThat(send(fixture, "/", "POST").statusCode()).isEqualTo(401);
        assertThat(send(fixture, "/", "DELETE").statusCode()).isEqualTo(401);
        assertThat(fixture.client().send("/", request -> request.DELETE()).status())
                .isEqualTo(404);
    }

    @InContainers(config = "page: false")
    void canBeSwitchedOff(GatewayFixture fixture) throws Exception {
        assertThat(send(fixture, "/", "GET").statusCode()).isEqualTo(401);
        assertThat(send(fixture, "/assets/icon.svg", "GET").statusCode()).isEqualTo(401);
        assertThat(fixture.client().get("/").status()).isEqualTo(404);
    }
}
