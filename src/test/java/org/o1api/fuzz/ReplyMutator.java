package org.o1api.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.o1api.fuzz.WireReply.End;
import org.o1api.fuzz.WireReply.Piece;

/** Encodes an intended reply into bytes, with at most three mutations. */
final class ReplyMutator {
    /** The level at which a mutation happens, from the innermost to the outermost. */
    private enum Level {
        EVENT,
        LINE,
        BYTE,
        /** Bytes of a compressed body. */
        PACKED,
        CHUNK,
        HEAD,
        /** Bytes of the whole reply: status line, headers, chunk sizes and body. */
        RAW
    }

    /** Repeated by weight. */
    private static final List<Level> LEVELS = List.of(
            Level.EVENT,
            Level.EVENT,
            Level.EVENT,
            Level.EVENT,
            Level.EVENT,
            Level.EVENT,
            Level.LINE,
            Level.LINE,
            Level.BYTE,
            Level.BYTE,
            Level.BYTE,
            Level.CHUNK,
            Level.CHUNK,
            Level.HEAD,
            Level.HEAD,
            Level.RAW,
            Level.RAW);

    private static final List<String> HARMLESS =
            List.of(": ping\n\n", ": OPENROUTER PROCESSING\n\n", "\n", "data: {\"choices\":[]}\n\n", "id: 7\n\n");
    private static final List<String> EVENTS = List.of(
            ": ping\n\n",
            "data: keep-alive\n\n",
            "data: {junk\n\n",
            "data: {\"type\":\"ping\"}\n\n",
            "data: null\n\n",
            "data:\n\n",
            "data: [DONE]\n\n",
            "data:  [DONE] \n\n",
            "event: ping\ndata: {}\n\n",
            "event: error\ndata: {\"message\":\"overloaded\"}\n\n",
            "data: {\"error\":{\"message\":\"no\",\"code\":400}}\n\n",
            "data: {\"error\":{\"message\":\"full\",\"code\":\"context_length_exceeded\"}}\n\n",
            "data: {\"error\":null,\"choices\":[]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"INSERTED\"},\"finish_reason\":null}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"model_length\"}]}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"refusal\":\"No.\"}}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":99999999999}}\n\n",
            "data: " + "x".repeat(70_000) + "\n\n",
            ":" + " ".repeat(70_000) + "\n\n");
    private static final List<String> LINES = List.of(
            "\n",
            "\r\n",
            "data\n",
            "data:\n",
            ": x\n",
            "event: error\n",
            "event:\n",
            "garbage\n",
            "data: [DONE]\n",
            "\ufeff");
    private static final List<String> BYTES = List.of(
            "\n",
            "\r",
            "\n\n",
            "\"",
            "{",
            "}",
            "\\",
            "\\u",
            " ",
            "0",
            "<",
            "\u0000",
            "\u00ff",
            "\u00c3",
            "\u00e2\u0080\u00a8",
            "\u001f\u008b");
    private static final List<String> CHUNKS = List.of(
            "0\r\n\r\n",
            "0\r\nX: y\r\n\r\n",
            "ffffffffffffffff\r\n",
            "-1\r\n",
            "3;a=b\r\n\n\n\n\r\n",
            "\r\n",
            "zz\r\n",
            "5\r\nab\r\n");
    private static final List<String> HEADS = List.of(
            "Content-Length: 5\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 99999\r\n",
            "Transfer-Encoding: gzip\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Content-Encoding: gzip\r\n",
            "Content-Encoding: br\r\n",
            "Content-Encoding: identity\r\n",
            "Connection: close\r\n",
            "Keep-Alive: timeout=0\r\n",
            "Retry-After: -1\r\n",
            "no colon\r\n",
            " folded\r\n",
            "Content-Type: text/html\r\n",
            "Content-Type: nonsense\r\n",
            "Location: /x\r\n",
            "Set-Cookie: a=b\r\n",
            "\r\n",
            "X: " + "y".repeat(20_000) + "\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 500 No\r\n",
            "HTTP/1.1 204 None\r\n",
            "HTTP/1.1 429 Slow\r\n",
            "HTTP/1.1 301 There\r\n",
            "HTTP/1.0 200 OK\r\n",
            "HTTP/9.9 200 OK\r\n",
            "200\r\n");

    private final SplittableRandom random;
    private final boolean requiresFinishReason;
    private final JsonMutator json;
    private final List<String> applied = new ArrayList<>();
    private final Map<Level, Integer> planned = new EnumMap<>(Level.class);
    private boolean events;
    private boolean harmless = true;

    /**
     * Creates a mutator of one reply.
     *
     * @param requiresFinishReason whether the upstream's settings require a finish reason
     */
    ReplyMutator(SplittableRandom random, boolean requiresFinishReason) {
        this.random = random;
        this.requiresFinishReason = requiresFinishReason;
        json = new JsonMutator(random);
    }

    /** The bytes of a reply, with one to three mutations or none. */
    WireReply reply(IntendedReply intended, boolean mutated) {
        int count = !mutated ? 0 : random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
        for (int i = 0; i < count; i++) {
            planned.merge(LEVELS.get(random.nextInt(LEVELS.size())), 1, Integer::sum);
        }
        events = intended.contentType().equals("text/event-stream");
        List<Piece> body = new ArrayList<>();
        intended.blocks().forEach(block -> body.add(new Piece(block)));
        mutate(Level.EVENT, body);
        if (planned.containsKey(Level.LINE)) {
            replace(body, lines(body));
            mutate(Level.LINE, body);
        }
        mutateBytes(Level.BYTE, body);
        String encoding = pack(body);
        return framed(intended, body, encoding);
    }

    private void mutate(Level level, List<Piece> units) {
        for (int i = planned.getOrDefault(level, 0); i > 0; i--) {
            mutateOnce(level, units);
        }
    }

    private void mutateBytes(Level level, List<Piece> pieces) {
        for (int i = planned.getOrDefault(level, 0); i > 0; i--) {
            List<Piece> slices = Mutation.slices(WireReply.join(pieces), random);
            mutateOnce(level, slices);
            replace(pieces, slices);
        }
    }

    private void mutateOnce(Level level, List<Piece> units) {
        if (units.isEmpty()) {
            return;
        }
        int at = random.nextInt(units.size());
        Mutation mutation = pick(List.of(Mutation.values()));
        boolean keepsMeaning =
                level == Level.EVENT && events && mutation == Mutation.INSERTED && random.nextInt(3) == 0;
        Piece unit = units.get(at);
        mutation.apply(units, at, random, () -> switch (mutation) {
            case CHANGED -> changed(level, unit);
            default -> keepsMeaning ? new Piece(pick(HARMLESS)) : other(level);
        });
        boolean shortDelay = mutation == Mutation.DELAYED && units.get(at).delayMillis() < Mutation.LONG_MILLIS;
        harmless &= keepsMeaning || shortDelay;
        applied.add(level + "." + mutation);
    }

    private Piece other(Level level) {
        return switch (level) {
            case EVENT -> new Piece(pick(EVENTS));
            case LINE -> new Piece(pick(LINES));
            case BYTE, PACKED, RAW -> new Piece(pick(BYTES).getBytes(StandardCharsets.ISO_8859_1), 0);
            case CHUNK -> new Piece(pick(CHUNKS));
            case HEAD -> new Piece(pick(HEADS));
        };
    }

    private Piece changed(Level level, Piece unit) {
        if (level == Level.EVENT) {
            String text = new String(unit.bytes(), StandardCharsets.UTF_8);
            int start = text.indexOf('{');
            if (start >= 0) {
                String body = text.substring(start).stripTrailing();
                return new Piece(text.substring(0, start) + json.mutate(body) + text.substring(start + body.length()));
            }
        }
        if (level == Level.HEAD && random.nextBoolean()) {
            return new Piece(pick(HEADS));
        }
        byte[] bytes = unit.bytes().clone();
        if (bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte)
                    (random.nextBoolean() ? random.nextInt(256) : pick(BYTES).charAt(0));
        }
        return new Piece(bytes, unit.delayMillis());
    }

    private static List<Piece> lines(List<Piece> body) {
        List<Piece> lines = new ArrayList<>();
        for (Piece piece : body) {
            String text = piece.latin1();
            int delay = piece.delayMillis();
            for (int begin = 0; begin < text.length(); ) {
                int end = text.indexOf('\n', begin) + 1;
                end = end == 0 ? text.length() : end;
                lines.add(new Piece(text.substring(begin, end).getBytes(StandardCharsets.ISO_8859_1), delay));
                delay = 0;
                begin = end;
            }
        }
        return lines;
    }

    private static void replace(List<Piece> all, List<Piece> by) {
        all.clear();
        all.addAll(by);
    }

    /** Sometimes compresses the body; returns the encoding, empty for none. */
    private String pack(List<Piece> body) {
        int chance = planned.containsKey(Level.PACKED) ? random.nextInt(2) : random.nextInt(24);
        if (chance > 1) {
            return "";
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out =
                chance == 0 ? new GZIPOutputStream(packed, true) : new DeflaterOutputStream(packed, true)) {
            List<Piece> pieces = List.copyOf(body);
            body.clear();
            for (Piece piece : pieces) {
                out.write(piece.bytes());
                out.flush();
                body.add(new Piece(packed.toByteArray(), piece.delayMillis()));
                packed.reset();
            }
            out.finish();
            body.add(new Piece(packed.toByteArray(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mutateBytes(Level.PACKED, body);
        return chance == 0 ? "gzip" : "deflate";
    }

    private WireReply framed(IntendedReply intended, List<Piece> body, String encoding) {
        int framing = random.nextInt(8); // 0: ends with the connection; 1, 2: Content-Length; otherwise chunked
        List<Piece> head = new ArrayList<>();
        head.add(new Piece("HTTP/1.1 " + intended.status() + " Fuzz\r\n"));
        head.add(new Piece("Content-Type: " + intended.contentType() + "\r\n"));
        intended.headers().forEach(header -> head.add(new Piece(header + "\r\n")));
        if (!encoding.isEmpty()) {
            head.add(new Piece("Content-Encoding: " + encoding + "\r\n"));
        }
        if (framing > 2) {
            head.add(new Piece("Transfer-Encoding: chunked\r\n"));
            replace(body, chunks(body));
            mutate(Level.CHUNK, body);
        } else if (framing > 0) {
            head.add(new Piece("Content-Length: " + WireReply.join(body).length + "\r\n"));
        }
        End end = end(framing);
        if (end != End.KEEP) {
            // An unannounced close may cost the next call an attempt, which this test does not check.
            head.add(new Piece("Connection: close\r\n"));
        }
        mutate(Level.HEAD, head);
        head.add(new Piece("\r\n"));
        List<Piece> all = new ArrayList<>();
        int delay = head.stream().mapToInt(Piece::delayMillis).max().orElse(0);
        all.add(new Piece(WireReply.join(head), delay));
        all.addAll(body);
        mutateBytes(Level.RAW, all);
        if (!harmless && planned.keySet().stream().anyMatch(level -> level.compareTo(Level.PACKED) > 0)) {
            all = atOnce(all);
        }
        return new WireReply(
                List.copyOf(all), end, List.copyOf(applied), intended.isAnswer() && harmless, requiresFinishReason);
    }

    /**
     * Bytes after a complete reply must arrive together with it: otherwise no client can distinguish them from the next reply on the
     * same connection.
     */
    private static List<Piece> atOnce(List<Piece> pieces) {
        return List.of(new Piece(
                WireReply.join(pieces),
                pieces.stream().mapToInt(Piece::delayMillis).max().orElse(0)));
    }

    private End end(int framing) {
        int chance = random.nextInt(40);
        if (framing == 0) {
            return harmless || chance > 3 ? End.CLOSE : End.RESET;
        }
        if (harmless) {
            return chance > 3 ? End.KEEP : End.CLOSE;
        }
        // A reply that stays open costs the client a timeout, so this is rare.
        return chance < 4 ? End.KEEP : chance < 10 ? End.RESET : End.CLOSE;
    }

    /** Usually one chunk a piece, as most servers send it. */
    private List<Piece> chunks(List<Piece> body) {
        List<Piece> chunks = new ArrayList<>();
        boolean cutAnywhere = random.nextInt(4) == 0;
        for (Piece piece : body) {
            int from = 0;
            while (from < piece.bytes().length) {
                int to = cutAnywhere
                        ? Math.min(piece.bytes().length, from + 1 + random.nextInt(40))
                        : piece.bytes().length;
                chunks.add(chunk(Arrays.copyOfRange(piece.bytes(), from, to), from == 0 ? piece.delayMillis() : 0));
                from = to;
            }
        }
        chunks.add(new Piece("0\r\n\r\n"));
        return chunks;
    }

    private static Piece chunk(byte[] bytes, int delayMillis) {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        chunk.writeBytes(bytes);
        chunk.writeBytes(new byte[] {'\r', '\n'});
        return new Piece(chunk.toByteArray(), delayMillis);
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
