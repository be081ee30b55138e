package org.o1api.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.o1api.testing.FakeExchange;

/**
 * The bytes of one provider reply, in the pieces in which they are sent.
 *
 * @param mutations the mutations of the reply, as {@code LEVEL.OPERATION}; empty if it was not mutated
 * @param mustBeAnswered whether the client must get the answer: the intended reply is one, and no mutation prevents it
 * @param requiresFinishReason whether the upstream's settings require a finish reason
 */
record WireReply(
        List<Piece> pieces, End end, List<String> mutations, boolean mustBeAnswered, boolean requiresFinishReason) {
    /** The state of the connection after the last byte. */
    enum End {
        /** It stays open and idle until the next request. */
        KEEP,
        CLOSE,
        RESET
    }

    /** Some bytes, and the delay before they are sent. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Piece(byte[] bytes, int delayMillis) {
        Piece(String text) {
            this(text.getBytes(StandardCharsets.UTF_8), 0);
        }

        Piece withDelay(int millis) {
            return new Piece(bytes, millis);
        }

        String latin1() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    void send(FakeExchange exchange, CountDownLatch stop) throws IOException, InterruptedException {
        for (Piece piece : pieces) {
            if (piece.delayMillis > 0 && stop.await(piece.delayMillis, TimeUnit.MILLISECONDS)) {
                exchange.reset();
                return;
            }
            exchange.raw(piece.bytes);
        }
        switch (end) {
            case KEEP -> exchange.end();
            case CLOSE -> exchange.close();
            case RESET -> exchange.reset();
        }
    }

    byte[] bytes() {
        return join(pieces);
    }

    static byte[] join(List<Piece> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(piece -> all.writeBytes(piece.bytes));
        return all.toByteArray();
    }

    /** The bytes as a Java string literal, for use in a test. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(mutations + " then " + end + ":");
        for (Piece piece : pieces) {
            text.append("\n      ").append(piece.delayMillis > 0 ? "(after " + piece.delayMillis + " ms) " : "");
            text.append(javaLiteral(piece.bytes));
        }
        return text.toString();
    }

    static String javaLiteral(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < bytes.length && i < 3000; i++) {
            char c = (char) (bytes[i] & 0xff);
            switch (c) {
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '"', '\\' -> text.append('\\').append(c);
                default -> {
                    if (c < ' ' || c > '~') {
                        text.append(String.format("\\%03o", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        return text.append(bytes.length > 3000 ? "\" and more" : "\"").toString();
    }
}
