package org.o1api.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.o1api.fuzz.WireReply.End;

/**
 * The bodies that the bytes of a reply may encode. There is one if RFC 9112 is unambiguous. A mutated head may
 * be read in several ways (a length or chunks or neither, compressed or not), each of which is accepted.
 */
final class ReferenceHttp {
    private static final Pattern STATUS = Pattern.compile("HTTP/\\d\\.\\d (\\d{3})\\b");
    private static final Pattern SIZE = Pattern.compile("(?s)([0-9a-fA-F]{1,8})([;\\s].*)?");
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length:\\s*(\\d{1,9})\\s*$");

    /**
     * The body of a reply.
     *
     * @param complete whether it is complete, as far as HTTP can tell
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes, boolean complete) {}

    private ReferenceHttp() {}

    static List<Body> bodies(WireReply reply) {
        byte[] wire = reply.bytes();
        boolean tampered =
                reply.mutations().stream().anyMatch(name -> name.startsWith("HEAD") || name.startsWith("RAW"));
        String text = new String(wire, StandardCharsets.ISO_8859_1);
        int start = 0;
        while (text.startsWith("\n", start) || text.startsWith("\r\n", start)) {
            start++; // empty lines before the status line
        }
        int end = endOfHead(text, start);
        Matcher status = STATUS.matcher(text);
        while (end >= 0
                && status.find(start)
                && status.start() < end
                && status.group(1).startsWith("1")) {
            start = end; // an interim response
            end = endOfHead(text, start);
        }
        if (end < 0) {
            return List.of();
        }
        String head = text.substring(start, end);
        status = STATUS.matcher(head);
        if (status.lookingAt() && !status.group(1).startsWith("2")) {
            return List.of();
        }
        byte[] rest = Arrays.copyOfRange(wire, end, wire.length);
        List<Body> framed = new ArrayList<>();
        boolean chunked = head.toLowerCase(Locale.ROOT).contains("chunked");
        if (chunked || tampered) {
            framed.add(unchunked(rest));
        }
        Matcher length = LENGTH.matcher(head);
        while ((!chunked || tampered) && length.find()) {
            int declared = Integer.parseInt(length.group(1));
            framed.add(new Body(Arrays.copyOf(rest, Math.min(declared, rest.length)), rest.length >= declared));
        }
        if (framed.isEmpty() || tampered) {
            framed.add(new Body(rest, reply.end() == End.CLOSE));
        }
        List<Body> bodies = new ArrayList<>();
        boolean encoded = head.toLowerCase(Locale.ROOT).contains("content-encoding");
        for (Body body : framed) {
            if (!encoded || tampered) {
                bodies.add(body);
            }
            if (encoded || tampered) {
                bodies.add(decompressed(body, true));
                bodies.add(decompressed(body, false));
            }
        }
        return bodies;
    }

    private static int endOfHead(String text, int from) {
        Matcher end = Pattern.compile("\r?\n\r?\n").matcher(text);
        return end.find(from) ? end.end() : -1;
    }

    private static Body unchunked(byte[] bytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = 0;
        while (true) {
            int lineEnd = at;
            while (lineEnd < bytes.length && bytes[lineEnd] != '\n') {
                lineEnd++;
            }
            Matcher size = SIZE.matcher(new String(bytes, at, lineEnd - at, StandardCharsets.ISO_8859_1));
            if (lineEnd == bytes.length || !size.matches()) {
                return new Body(body.toByteArray(), false);
            }
            long length = Long.parseLong(size.group(1), 16);
            at = lineEnd + 1;
            if (length == 0) {
                return new Body(body.toByteArray(), true);
            }
            int available = (int) Math.min(length, bytes.length - at);
            body.write(bytes, at, available);
            at += available;
            if (available < length) {
                return new Body(body.toByteArray(), false);
            }
            if (at < bytes.length && bytes[at] == '\r') {
                at++;
            }
            if (at >= bytes.length || bytes[at] != '\n') {
                return new Body(body.toByteArray(), false);
            }
            at++;
        }
    }

    private static Body decompressed(Body body, boolean zlib) {
        byte[] bytes = body.bytes;
        boolean gzip = bytes.length > 1 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream in = gzip
                ? new GZIPInputStream(new ByteArrayInputStream(bytes))
                : new InflaterInputStream(new ByteArrayInputStream(bytes), new Inflater(!zlib))) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                out.write(b);
            }
            return new Body(out.toByteArray(), body.complete);
        } catch (IOException e) {
            return new Body(out.toByteArray(), false);
        }
    }
}
