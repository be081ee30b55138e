package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.reasoning.sampling.AnswerKey;

class QuestionReaderTest {
    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final Path SHIPPED = Path.of("src/examples/questions");

    @TempDir
    private Path folder;

    @Test
    void readsGsm8k() {
        List<Question> questions = QuestionReader.read(RESOURCES.resolve("questions/gsm8k-excerpt.jsonl"));

        assertThat(questions).extracting(Question::answer).containsExactly("18", "3", "70000", "540");
        assertThat(questions).extracting(Question::kind).containsOnly(QuestionKind.NUMBER);
        assertThat(questions.get(0).id()).isEqualTo("gsm8k-excerpt-1");
        assertThat(questions.get(0).text()).startsWith("Janet’s ducks lay 16 eggs per day.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "boolean_expressions | YES_NO | False",
                "date_understanding | OPTION | (B)",
                "navigate | YES_NO | No",
                "object_counting | NUMBER | 8",
            })
    void readsBigBenchHard(String task, QuestionKind kind, String firstAnswer) {
        List<Question> questions = QuestionReader.read(RESOURCES.resolve("questions/bbh-" + task + "-excerpt.json"));

        assertThat(questions).hasSize(3);
        assertThat(questions).extracting(Question::kind).containsOnly(kind);
        assertThat(questions.get(0).answer()).isEqualTo(firstAnswer);
    }

    @Test
    void readsARecordingOfReplies() {
        List<Question> questions = QuestionReader.read(RESOURCES.resolve("samples/samples-smollm2-addition.jsonl"));

        assertThat(questions).hasSize(120);
        assertThat(questions.get(0)).isEqualTo(new Question("add-000", "What is 2 + 7?", "9", QuestionKind.NUMBER));
    }

    @Test
    void readsTheShippedQuestions() {
        List<Question> questions = QuestionReader.read(SHIPPED.resolve("mixed.jsonl"));

        assertThat(questions).hasSize(100).extracting(Question::id).doesNotHaveDuplicates();
        assertThat(questions).extracting(Question::text).doesNotHaveDuplicates();
        assertThat(questions).allSatisfy(question -> {
            assertThat(QuestionKind.of(AnswerKey.of(question.answer())))
                    .as(question.id())
                    .isEqualTo(question.kind());
            assertThat(Grader.isCorrect(question, Grader.key(question, question.answer())))
                    .as(question.id())
                    .isTrue();
        });
    }

    @Test
    void theShippedQuestionsAreThoseOfTheGenerator() throws Exception {
        Path generated = folder.resolve("mixed.jsonl");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        SHIPPED.resolve("GenerateQuestions.java").toString(),
                        "16",
                        generated.toString())
                .inheritIO()
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(generated).hasSameTextualContentAs(SHIPPED.resolve("mixed.jsonl"));
    }

    @Test
    void findsTheKindOfAnAnswer() throws Exception {
        Path file = write("""
                {"question": "a", "answer": 12}
                {"question": "b", "answer": "(C)"}

                {"question": "c", "answer": "yes"}
                {"question": "d", "answer": "Paris", "id": "capital"}
                {"question": "e", "answer": "12", "kind": "text", "more": [1]}
                """);

        assertThat(QuestionReader.read(file))
                .containsExactly(
                        new Question("some-1", "a", "12", QuestionKind.NUMBER),
                        new Question("some-2", "b", "(C)", QuestionKind.OPTION),
                        new Question("some-4", "c", "yes", QuestionKind.YES_NO),
                        new Question("capital", "d", "Paris", QuestionKind.TEXT),
                        new Question("some-6", "e", "12", QuestionKind.TEXT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"question\": | some.jsonl:2: the line is not JSON.",
                "{\"answer\": \"1\"} | some.jsonl:2: there is no text \"question\".",
                "{\"question\": \"a\", \"answer\": \" \"} | some.jsonl:2: there is no text \"answer\".",
                "{\"question\": \"a\", \"answer\": \"1\", \"kind\": \"digit\"} | some.jsonl:2: unknown \"kind\" 'digit'",
            })
    void namesTheLineOfAProblem(String line, String problem) throws Exception {
        Path file = write("{\"question\": \"a\", \"answer\": \"1\"}\n" + line + "\n");

        assertThatExceptionOfType(EvaluationException.class)
                .isThrownBy(() -> QuestionReader.read(file))
                .withMessageContaining(problem);
    }

    @Test
    void rejectsAFileWithoutQuestions() throws Exception {
        Path file = write("\n");

        assertThatExceptionOfType(EvaluationException.class)
                .isThrownBy(() -> QuestionReader.read(file))
                .withMessageContaining("contains no question");
        assertThatExceptionOfType(EvaluationException.class)
                .isThrownBy(() -> QuestionReader.read(folder.resolve("missing.jsonl")))
                .withMessageContaining("does not exist");
    }

    private Path write(String text) throws Exception {
        return Objects.requireNonNull(Files.writeString(folder.resolve("some.jsonl"), text));
    }
}
