package org.o1api.eval;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.reasoning.sampling.AnswerKey;
import org.o1api.reasoning.sampling.SampleKey;

/** Grades answers by the rules by which a vote compares samples. */
final class Grader {
    private Grader() {}

    /**
     * Returns what an answer says, as far as the kind of the question matters; null if it says nothing.
     *
     * <p>It is the key of the answer. If that is only the last number of the text although the question does not ask for a number, it is
     * the last line or else the whole answer, if one of them is of the expected kind.
     */
    static @Nullable AnswerKey key(Question question, String answer) {
        SampleKey sample = SampleKey.of(answer);
        AnswerKey key = sample.key();
        if (question.kind() == QuestionKind.NUMBER || (key != null && !sample.isLastNumber())) {
            return key;
        }
        return Stream.of(lastLine(answer), answer)
                .map(AnswerKey::of)
                .filter(candidate -> candidate != null && QuestionKind.of(candidate) == question.kind())
                .findFirst()
                .orElse(key);
    }

    /** Whether a key is the question's answer. */
    static boolean isCorrect(Question question, @Nullable AnswerKey key) {
        AnswerKey expected = AnswerKey.of(question.answer());
        return key != null && expected != null && key.agreesWith(expected);
    }

    private static String lastLine(String answer) {
        return answer.strip().lines().reduce("", (earlier, line) -> line.isBlank() ? earlier : line);
    }
}
