package org.o1api.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.o1api.json.Json;
import org.o1api.json.JsonLimits;
import org.o1api.json.JsonParsers;
import org.o1api.reasoning.sampling.AnswerKey;

/**
 * Reads a file of questions. Three formats are known by their content:
 *
 * <ul>
 *   <li>JSON Lines of {@code question}, {@code answer}, and optionally {@code kind} and {@code id}. Other fields are ignored, so that a
 *       file of recorded replies is a file of questions, too;
 *   <li>GSM8K (arXiv 2110.14168): the same, with the answer after {@code ####} at the end of {@code answer};
 *   <li>a task of BIG-Bench Hard (arXiv 2210.09261): one object with {@code examples} of {@code input} and {@code target}.
 * </ul>
 */
final class QuestionReader {
    private static final JsonParsers PARSERS = Json.untrusted(new JsonLimits(64, 50_000_000));
    private static final String GSM8K_ANSWER = "####";

    private final Path file;
    private final String name;
    private final List<Question> questions = new ArrayList<>();

    private QuestionReader(Path file) {
        this.file = file;
        this.name = String.valueOf(file.getFileName()).replaceFirst("\\.jsonl?$", "");
    }

    /**
     * Reads the questions of a file in their order.
     *
     * @throws EvaluationException if it cannot be read or has none
     */
    static List<Question> read(Path file) {
        QuestionReader reader = new QuestionReader(file);
        String text = reader.text();
        if (!reader.readTask(text)) {
            reader.readLines(text);
        }
        if (reader.questions.isEmpty()) {
            throw new EvaluationException(file + " contains no question.");
        }
        return List.copyOf(reader.questions);
    }

    private String text() {
        try {
            String text = Files.readString(file);
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new EvaluationException("The question file " + file + " does not exist.");
        } catch (MalformedInputException e) {
            throw new EvaluationException(file + " is not UTF-8 text.");
        } catch (IOException e) {
            throw new EvaluationException(file + " cannot be read: " + e);
        }
    }

    /** Reads a task of BIG-Bench Hard. Returns false for any other file. */
    private boolean readTask(String text) {
        JsonNode examples;
        try {
            examples = PARSERS.tree(text).path("examples");
        } catch (JsonProcessingException e) {
            return false; // as JSON Lines it may be valid, or has a line with the problem
        }
        if (!examples.isArray()) {
            return false;
        }
        int number = 0;
        for (JsonNode example : examples) {
            number++;
            String where = file + ", example " + number;
            String answer = string(example, "target", where);
            add(name + "-" + number, string(example, "input", where), answer, kindOf(answer));
        }
        return true;
    }

    private void readLines(String text) {
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!line.isBlank()) {
                readLine(line, number);
            }
        }
    }

    private void readLine(String line, int number) {
        String where = file + ":" + number;
        JsonNode tree;
        try {
            tree = PARSERS.tree(line);
        } catch (JsonProcessingException e) {
            throw new EvaluationException(where + ": the line is not JSON.");
        }
        String answer = string(tree, "answer", where);
        int explained = answer.lastIndexOf(GSM8K_ANSWER);
        if (explained >= 0) {
            answer = answer.substring(explained + GSM8K_ANSWER.length());
        }
        String id = tree.path("id").isTextual() ? tree.path("id").textValue() : name + "-" + number;
        add(id, string(tree, "question", where), answer.strip(), kind(tree, answer, where));
    }

    private static QuestionKind kind(JsonNode tree, String answer, String where) {
        JsonNode kind = tree.path("kind");
        if (kind.isMissingNode() || kind.isNull()) {
            return kindOf(answer);
        }
        return QuestionKind.fromWireName(kind.asText())
                .orElseThrow(() -> new EvaluationException(
                        where + ": unknown \"kind\" '" + kind.asText() + "', allowed: number, option, yes_no, text."));
    }

    private static QuestionKind kindOf(String answer) {
        return QuestionKind.of(AnswerKey.of(answer));
    }

    private static String string(JsonNode tree, String field, String where) {
        JsonNode value = tree.path(field);
        boolean scalar = value.isTextual() || value.isNumber() || value.isBoolean();
        if (!scalar || value.asText().isBlank()) {
            throw new EvaluationException(where + ": there is no text \"" + field + "\".");
        }
        return value.asText();
    }

    private void add(String id, String question, String answer, QuestionKind kind) {
        questions.add(new Question(id, question, answer.strip(), kind));
    }
}
