package org.o1api.server;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response that is safe to use at any time: after the end of its request cycle, writes fail and all other methods do
 * nothing.
 */
final class GuardedResponse extends HttpServletResponseWrapper {
    private final RequestCycle cycle;
    private @Nullable ServletOutputStream stream;
    private @Nullable PrintWriter writer;

    GuardedResponse(HttpServletResponse response, RequestCycle cycle) {
        super(response);
        this.cycle = cycle;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream guarded = stream;
        if (guarded == null) {
            guarded = new GuardedStream(cycle.openOrDefault(super::getOutputStream, GuardedStream.CLOSED), cycle);
            stream = guarded;
        }
        return guarded;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        PrintWriter guarded = writer;
        if (guarded == null) {
            PrintWriter closed = new PrintWriter(Writer.nullWriter());
            guarded = new PrintWriter(new GuardedWriter(cycle.openOrDefault(super::getWriter, closed), cycle));
            writer = guarded;
        }
        return guarded;
    }

    @Override
    public int getBufferSize() {
        return cycle.getOrDefault(super::getBufferSize, 0);
    }

    @Override
    public String getCharacterEncoding() {
        return cycle.getOrDefault(super::getCharacterEncoding, StandardCharsets.ISO_8859_1.name());
    }

    @Override
    public void setCharacterEncoding(String name) {
        cycle.run(() -> super.setCharacterEncoding(name));
    }

    @Override
    public @Nullable String getContentType() {
        return cycle.getOrNull(super::getContentType);
    }

    @Override
    public Locale getLocale() {
        return cycle.getOrDefault(super::getLocale, Locale.ROOT);
    }

    @Override
    public void setLocale(Locale locale) {
        cycle.run(() -> super.setLocale(locale));
    }

    @Override
    public boolean isCommitted() {
        return cycle.getOrDefault(super::isCommitted, true);
    }

    @Override
    public int getStatus() {
        return cycle.getOrDefault(super::getStatus, 0);
    }

    @Override
    public void setStatus(int status) {
        cycle.run(() -> super.setStatus(status));
    }

    @Override
    public void setHeader(String name, String value) {
        cycle.run(() -> super.setHeader(name, value));
    }

    @Override
    public void addHeader(String name, String value) {
        cycle.run(() -> super.addHeader(name, value));
    }

    @Override
    public void setIntHeader(String name, int value) {
        cycle.run(() -> super.setIntHeader(name, value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        cycle.run(() -> super.addIntHeader(name, value));
    }

    @Override
    public void setDateHeader(String name, long millis) {
        cycle.run(() -> super.setDateHeader(name, millis));
    }

    @Override
    public void addDateHeader(String name, long millis) {
        cycle.run(() -> super.addDateHeader(name, millis));
    }

    @Override
    public void addCookie(Cookie cookie) {
        cycle.run(() -> super.addCookie(cookie));
    }

    @Override
    public void setTrailerFields(Supplier<Map<String, String>> fields) {
        cycle.run(() -> super.setTrailerFields(fields));
    }

    @Override
    public @Nullable Supplier<Map<String, String>> getTrailerFields() {
        return cycle.getOrNull(super::getTrailerFields);
    }

    @Override
    public String encodeURL(String url) {
        return cycle.getOrDefault(() -> super.encodeURL(url), url);
    }

    @Override
    public String encodeRedirectURL(String url) {
        return cycle.getOrDefault(() -> super.encodeRedirectURL(url), url);
    }

    @Override
    public @Nullable String getHeader(String name) {
        return cycle.getOrNull(() -> super.getHeader(name));
    }

    @Override
    public Collection<String> getHeaders(String name) {
        return cycle.getOrDefault(() -> super.getHeaders(name), List.of());
    }

    @Override
    public Collection<String> getHeaderNames() {
        return cycle.getOrDefault(super::getHeaderNames, List.of());
    }

    @Override
    public boolean containsHeader(String name) {
        return cycle.getOrDefault(() -> super.containsHeader(name), false);
    }

    @Override
    public void setContentType(String type) {
        cycle.run(() -> super.setContentType(type));
    }

    @Override
    public void setContentLength(int length) {
        cycle.run(() -> super.setContentLength(length));
    }

    @Override
    public void setContentLengthLong(long length) {
        cycle.run(() -> super.setContentLengthLong(length));
    }

    @Override
    public void setBufferSize(int size) {
        cycle.run(() -> super.setBufferSize(size));
    }

    @Override
    public void reset() {
        cycle.run(super::reset);
    }

    @Override
    public void resetBuffer() {
        cycle.run(super::resetBuffer);
    }

    @Override
    public void sendError(int status) throws IOException {
        cycle.write(() -> super.sendError(status));
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        cycle.write(() -> super.sendError(status, message));
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        cycle.write(() -> super.sendRedirect(location));
    }

    @Override
    public void flushBuffer() throws IOException {
        cycle.flush(super::flushBuffer);
    }
}
