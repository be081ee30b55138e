package org.o1api.eval;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.json.Json;

/**
 * What the results of a run depend on. It is written to {@code run.json} in the run's folder. A run can be continued if it is equal;
 * only the concurrency and the cost ceiling may differ.
 *
 * @param presets their names in the order in which they are compared
 * @param fingerprints of the presets, by name
 * @param files the question files
 * @param questions a hash of the questions and their answers
 */
record RunDescription(
        List<String> presets,
        Map<String, String> fingerprints,
        List<String> files,
        String questions,
        int repetitions,
        @Nullable Long seed) {
    private static final String NAME = "run.json";

    static RunDescription of(
            EvaluationOptions options,
            List<String> presets,
            List<Question> questions,
            Map<String, String> fingerprints) {
        Map<String, String> used = new TreeMap<>(fingerprints);
        used.keySet().retainAll(presets);
        return new RunDescription(
                presets,
                used,
                options.questions().stream().map(Path::toString).toList(),
                hash(questions),
                options.repetitions(),
                options.seed());
    }

    private static String hash(List<Question> questions) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            questions.forEach(question -> digest.update(question.toString().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /**
     * Checks that the folder has the results of the same run, or none, and writes the description to it.
     *
     * @throws EvaluationException if its results belong to another run
     */
    void check(Path folder) {
        Path file = folder.resolve(NAME);
        byte[] text = bytes();
        try {
            if (!Files.exists(file)) {
                Files.write(file, text);
            } else if (!MessageDigest.isEqual(Files.readAllBytes(file), text)) {
                throw new EvaluationException("The results in " + folder
                        + " belong to a run with other presets, questions, repetitions or seed, or another config."
                        + " Use another folder (--out), or delete it.");
            }
        } catch (IOException e) {
            throw new EvaluationException(file + " cannot be used: " + e);
        }
    }

    private byte[] bytes() {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("presets");
            for (String preset : presets) {
                json.writeStringField(preset, fingerprints.get(preset));
            }
            json.writeEndObject();
            json.writeArrayFieldStart("files");
            for (String file : files) {
                json.writeString(file);
            }
            json.writeEndArray();
            json.writeStringField("questions", questions);
            json.writeNumberField("repetitions", repetitions);
            if (seed != null) {
                json.writeNumberField("seed", seed);
            }
            json.writeEndObject();
        });
    }
}
