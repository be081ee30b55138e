package org.o1api.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.SurrogateEscapes;
import org.o1api.model.ErrorCode;
import org.o1api.server.ReceivedBody;

/** Parses request bodies, and creates the errors for invalid ones. */
public final class RequestJson {
    private static final char REPLACEMENT = '\ufffd';

    private RequestJson() {}

    /** Returns the body of a request; empty if the request has none, or is public. */
    public static ReceivedBody body(ContainerRequestContext request) {
        return request.getProperty(ReceivedBody.ATTRIBUTE) instanceof ReceivedBody body ? body : ReceivedBody.EMPTY;
    }

    /**
     * Decodes the body of a request, and drops its bytes, unless its digest will be needed to recognize a repeated request.
     *
     * @throws RequestException if the body is not UTF-8
     */
    public static String takeText(ContainerRequestContext request) {
        ReceivedBody body = body(request);
        String text = text(body.bytes());
        if (!Idempotency.isRequested(request)) {
            body.drop();
        }
        return text;
    }

    /**
     * Decodes a body. Escapes of unpaired surrogates become those of U+FFFD.
     *
     * @throws RequestException if the body is not UTF-8
     */
    public static String text(byte[] utf8) {
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) { // the replacement of malformed input, unless the client sent it
            requireUtf8(utf8);
        }
        return SurrogateEscapes.replaceUnpaired(text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    /** Decodes into a small buffer: decoding a large body as a whole would take twice its size again. */
    private static void requireUtf8(byte[] utf8) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(4096);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw invalidJson("The request body is not UTF-8 text.");
        }
    }

    /** Returns a parser that enforces the structural limits. Convert its exceptions with {@link #malformed}. */
    public static JsonParser parser(String text, ApiSettings.RequestLimits limits) {
        return Json.untrusted(new JsonLimits(limits.depth(), limits.values())).of(text);
    }

    /** Converts an exception of the parser. */
    public static RequestException malformed(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return invalidJson(
                    "The request body is nested too deeply (limits.depth), has too many values (limits.values), or contains a number that is too long.");
        }
        if (e instanceof JacksonException jackson && jackson.getLocation() != null) {
            JsonLocation at = jackson.getLocation();
            return invalidJson("The request body is not valid JSON: syntax error at line " + at.getLineNr()
                    + ", column " + at.getColumnNr() + ".");
        }
        throw new UncheckedIOException("reading from memory", e);
    }

    /** Creates the error for a body that is not a JSON object. */
    public static RequestException notAnObject() {
        return invalidJson("The request body must be a JSON object.");
    }

    /** Creates the error for a body with content after its JSON object. */
    public static RequestException trailingContent() {
        return invalidJson("The request body has content after its JSON object. Send a single JSON object.");
    }

    private static RequestException invalidJson(String message) {
        return new RequestException(ErrorCode.INVALID_JSON, null, message);
    }
}
