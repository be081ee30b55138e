package org.o1api.api.page;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * Answers requests for the chat page, which need no API key, before authentication. It compares the path as it was sent and passes on
 * everything else, so no other spelling of a path gets around the authentication.
 */
public final class PageFilter extends HttpFilter {
    /**
     * The page runs no inline script or style and loads nothing from other origins. Only its one Trusted Types policy makes HTML of
     * strings, and it sanitizes them.
     */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types o1-api";

    private static final long serialVersionUID = 1;
    private static final String CACHED_FOREVER = "public, max-age=31536000, immutable";
    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin");

    private final transient ChatPage page;

    public PageFilter(ChatPage page) {
        this.page = page;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = path(request);
        boolean isHead = request.getMethod().equals("HEAD");
        if (hasBody(request) || (!isHead && !request.getMethod().equals("GET"))) {
            chain.doFilter(request, response);
        } else if (path.equals(ChatPage.PATH)) {
            sendPage(request, response, isHead);
        } else if (path.startsWith(ChatPage.ASSETS)) {
            sendAsset(path, response, isHead);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Browsers send none; others are rejected where bodies are discarded without a waiting thread. */
    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** The path as it was sent, without the context path; empty if it does not begin with that. */
    private static String path(HttpServletRequest request) {
        String uri = request.getRequestURI();
        String context = request.getContextPath();
        return uri.startsWith(context) ? uri.substring(context.length()) : "";
    }

    private void sendPage(HttpServletRequest request, HttpServletResponse response, boolean isHead) throws IOException {
        String tag = "\"" + page.version() + "\"";
        addHeaders(response, "no-cache");
        response.setHeader("ETag", tag);
        response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        String known = request.getHeader("If-None-Match");
        if (known != null && known.contains(tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            send(ChatPage.PATH, response, isHead);
        }
    }

    private void sendAsset(String path, HttpServletResponse response, boolean isHead) throws IOException {
        if (page.find(path) != null) {
            addHeaders(response, CACHED_FOREVER);
        }
        send(path, response, isHead);
    }

    private static void addHeaders(HttpServletResponse response, String caching) {
        HEADERS.forEach(response::setHeader);
        response.setHeader("Cache-Control", caching);
    }

    private void send(String path, HttpServletResponse response, boolean isHead) throws IOException {
        PageFile file = page.find(path);
        if (file == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            file.write(response, isHead);
        }
    }
}
