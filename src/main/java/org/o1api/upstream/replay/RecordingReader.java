package org.o1api.upstream.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;
import org.o1api.model.FinishReason;

/**
 * Reads a file of recorded replies: JSON Lines, each with a {@code question} and its {@code samples}, each with {@code text} and
 * optionally {@code finish_reason}, {@code prompt_tokens} and {@code completion_tokens}. Other fields are ignored.
 */
public final class RecordingReader {
    private static final long MAX_BYTES = 256L << 20;
    private static final JsonParsers PARSERS = Json.untrusted(new JsonLimits(64, 10_000_000));

    private final Path path;
    private final String name;

    private RecordingReader(Path path) {
        this.path = path;
        this.name = path.toString();
    }

    /** A recording cannot be used. The message names the file and, if there is one, the line; it quotes no content. */
    public static final class UnusableRecordingException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableRecordingException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads a file.
     *
     * @param folder where a relative path starts
     * @param file a path
     * @throws UnusableRecordingException if it cannot be read, exceeds 256 MiB, or has an invalid line
     */
    public static Recording read(Path folder, String file) throws UnusableRecordingException {
        Path path;
        try {
            path = folder.resolve(file);
        } catch (InvalidPathException e) {
            throw new UnusableRecordingException("'" + file + "' is not a path", e);
        }
        return new RecordingReader(path).read();
    }

    private Recording read() throws UnusableRecordingException {
        byte[] bytes = bytes();
        List<RecordedQuestion> questions = new ArrayList<>();
        Set<String> known = new HashSet<>();
        int number = 0;
        for (String line : text(bytes).split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                RecordedQuestion question = question(line, number);
                if (!known.add(question.question())) {
                    throw invalid(number, "repeats the question of an earlier line", null);
                }
                questions.add(question);
            }
        }
        if (questions.isEmpty()) {
            throw new UnusableRecordingException("the file '" + name + "' contains no recorded question", null);
        }
        return new Recording(name, HexFormat.of().formatHex(sha256().digest(bytes)), questions);
    }

    private byte[] bytes() throws UnusableRecordingException {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new UnusableRecordingException("the file '" + name + "' is larger than 256MiB", null);
            }
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new UnusableRecordingException("the file '" + name + "' does not exist", e);
        } catch (IOException e) {
            throw new UnusableRecordingException(
                    "the file '" + name + "' cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private String text(byte[] bytes) throws UnusableRecordingException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnusableRecordingException("the file '" + name + "' is not UTF-8 text", e);
        }
    }

    private RecordedQuestion question(String line, int number) throws UnusableRecordingException {
        JsonNode tree;
        try {
            tree = PARSERS.tree(line);
        } catch (JsonProcessingException e) {
            throw invalid(number, "is not JSON", e);
        }
        JsonNode question = tree.path("question");
        if (!question.isTextual() || question.textValue().isBlank()) {
            throw invalid(number, "has no text \"question\"", null);
        }
        JsonNode samples = tree.path("samples");
        if (!samples.isArray() || samples.isEmpty()) {
            throw invalid(number, "has no \"samples\"", null);
        }
        List<RecordedSample> read = new ArrayList<>();
        for (JsonNode sample : samples) {
            read.add(sample(sample, number));
        }
        return new RecordedQuestion(question.textValue(), read);
    }

    private RecordedSample sample(JsonNode sample, int number) throws UnusableRecordingException {
        JsonNode text = sample.path("text");
        if (!text.isTextual()) {
            throw invalid(number, "has a sample without \"text\"", null);
        }
        return new RecordedSample(
                text.textValue(),
                FinishReason.fromWireName(sample.path("finish_reason").textValue()),
                count(sample, "prompt_tokens", number),
                count(sample, "completion_tokens", number));
    }

    private long count(JsonNode sample, String field, int number) throws UnusableRecordingException {
        JsonNode count = sample.path(field);
        if (count.isMissingNode() || count.isNull()) {
            return 0;
        }
        if (!count.canConvertToLong() || !count.isIntegralNumber() || count.longValue() < 0) {
            throw invalid(number, "has a sample whose \"" + field + "\" is not a count", null);
        }
        return count.longValue();
    }

    private UnusableRecordingException invalid(int line, String problem, @Nullable Throwable cause) {
        return new UnusableRecordingException("line " + line + " of '" + name + "' " + problem, cause);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
