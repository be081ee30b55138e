package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            NUMBER | 18           | She makes $18 every day.                              | true
            NUMBER | 18           | 3 + 15 = 18.\\nAnswer: 18                             | true
            NUMBER | 18           | The answer is 17.\\nI checked it 18 times.            | false
            NUMBER | 70000        | The profit is 70,000.00 dollars                       | true
            NUMBER | 0.5          | \\boxed{\\frac{1}{2}}                                 | true
            NUMBER | 18           | I do not know.                                        | false
            OPTION | (B)          | The answer is (B).                                    | true
            OPTION | (B)          | (B) 12/25/1937                                        | true
            OPTION | (B)          | It is Christmas.\\nB                                  | true
            OPTION | (B)          | The answer is (C), not (B).                           | false
            YES_NO | No           | No, you are 3 steps away.                             | true
            YES_NO | False        | False                                                 | true
            YES_NO | False        | True                                                  | false
            YES_NO | yes          | After 3 steps north and 3 steps south:\\nYes.         | true
            TEXT   | 2010-03-16   | 2010-03-16                                            | true
            TEXT   | 2010-03-16   | 87 days after that it is\\n2010-03-16                 | true
            TEXT   | 2010-03-16   | Answer: 2010-03-16                                    | true
            TEXT   | 2010-03-16   | Answer: 2010-03-17                                    | false
            TEXT   | Sunday       | **Sunday**                                            | true
            TEXT   | Sunday       | Monday                                                | false
            """)
    void comparesAnswersByTheKindOfTheQuestion(QuestionKind kind, String expected, String answer, boolean correct) {
        Question question = new Question("q", "?", expected, kind);

        assertThat(Grader.isCorrect(question, Grader.key(question, answer.replace("\\n", "\n"))))
                .isEqualTo(correct);
    }
}
