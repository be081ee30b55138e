package org.o1api.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.o1api.json.Json;

/**
 * A digest to recognize repeated requests. It covers everything that is requested, but neither white space nor whether
 * the response is streamed.
 */
final class RequestDigest {
    private static final Set<String> RESPONSE_FIELDS = Set.of("stream", "stream_options", "usage");

    private RequestDigest() {}

    /** Returns the SHA-256, as hex, of a valid request body. */
    static String of(byte[] body) {
        MessageDigest digest = sha256();
        try (JsonParser json = Json.trusted().of(body)) {
            int depth = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (depth == 1 && token == JsonToken.FIELD_NAME && RESPONSE_FIELDS.contains(json.currentName())) {
                    json.nextToken();
                    json.skipChildren();
                    continue;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                digest.update((byte) token.id());
                if (token == JsonToken.FIELD_NAME || token.isScalarValue()) {
                    byte[] text = json.getText().getBytes(StandardCharsets.UTF_8);
                    digest.update(new byte[] {
                        (byte) (text.length >> 24),
                        (byte) (text.length >> 16),
                        (byte) (text.length >> 8),
                        (byte) text.length
                    });
                    digest.update(text);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a validated request", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
