package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

class SampleKeyTest {
    /** ⏎ is a line break. The key is its kind and value; LAST is the last number of the text; an empty key: no vote. */
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '~', textBlock = """
            # rule 1: a last line
            Answer: 42                                      ¦ NUMBER 42
            I add 40.⏎Answer: 42                            ¦ NUMBER 42
            Answer: 42⏎⏎                                    ¦ NUMBER 42
            Answer: 42.                                     ¦ NUMBER 42
            **Answer:** 42                                  ¦ NUMBER 42
            **Answer: 42**                                  ¦ NUMBER 42
            **Final Answer**: 42                            ¦ NUMBER 42
            ### Answer: 42                                  ¦ NUMBER 42
            > Answer: `42`                                  ¦ NUMBER 42
            answer: "42"                                    ¦ NUMBER 42
            ANSWER：42                                      ¦ NUMBER 42
            Answer: 42 apples                               ¦ NUMBER 42
            Answer: about 42 km/h                           ¦ NUMBER 42
            Answer: $1,250.50                               ¦ NUMBER 1250.5
            Answer: -$5                                     ¦ NUMBER -5
            Answer: 12,50 €                                 ¦ NUMBER 12.5
            Answer: 18 dollars per day                      ¦ NUMBER 18
            Answer: 42 (3 boxes of 14)                      ¦ NUMBER 42
            Answer: 42, because 6 times 7 is 42             ¦ NUMBER 42
            Answer: 5 x 3 = 15                              ¦ NUMBER 15
            Answer: 37 + 40 = 97                            ¦ NUMBER 97
            Answer: 2 + 7                                   ¦ NUMBER 7
            Answer: x = 5                                   ¦ NUMBER 5
            Answer: $x = -\\frac{6}{8}$                     ¦ NUMBER -0.75
            Answer: \\(\\frac{1}{3}\\)                      ¦ NUMBER 1/3
            Answer: $\\frac12$                              ¦ NUMBER 0.5
            Answer: 1 1/2 cups                              ¦ NUMBER 1.5
            Answer: 2½                                      ¦ NUMBER 2.5
            Answer: $2\\frac{1}{2}$                         ¦ NUMBER 2.5
            Answer: 3 \\times 10^{8} m/s                    ¦ NUMBER 300000000
            Answer: $90^\\circ$                             ¦ NUMBER 90
            Answer: 50\\%                                   ¦ NUMBER 50
            Answer: $\\boxed{7}$                            ¦ NUMBER 7
            Answer: \\text{12 cm}                           ¦ NUMBER 12
            Answer: ４２                                     ¦ NUMBER 42
            Answer: ٤٢                                      ¦ NUMBER 42
            Answer: 𝟒𝟐                                      ¦ NUMBER 42
            Answer: −7                                      ¦ NUMBER -7
            Answer:⏎42                                      ¦ NUMBER 42
            **Answer:**⏎⏎**B) Paris**                       ¦ OPTION B
            Answer: (C)                                     ¦ OPTION C
            Answer: (c)                                     ¦ OPTION C
            Answer: B                                       ¦ OPTION B
            Answer: b                                       ¦ OPTION B
            Answer: **B**                                   ¦ OPTION B
            Answer: B.                                      ¦ OPTION B
            **Answer:** B) Paris                            ¦ OPTION B
            Answer: B. Paris                                ¦ OPTION_OR_NAME B.paris
            Answer: B. the capital                          ¦ OPTION B
            Answer: (B) 42 apples                           ¦ OPTION B
            Answer: B: 42                                   ¦ OPTION B
            Answer: B - Paris                               ¦ OPTION B
            Answer: Option B                                ¦ OPTION B
            Answer: A because it is the capital             ¦ OPTION A
            Answer: $\\textbf{(D)}\\ 15$                    ¦ OPTION D
            Answer: The answer is (E)                       ¦ OPTION E
            Answer: A, C                                    ¦ TEXT ac
            Answer: A and C                                 ¦ TEXT aandc
            Answer: A cat                                   ¦ TEXT acat
            Answer: I do not know                           ¦ TEXT idonotknow
            Answer: Yes                                     ¦ TRUTH yes
            Answer: No.                                     ¦ TRUTH no
            answer: yes, because 3 of 4                     ¦ TRUTH yes
            Answer: False                                   ¦ TRUTH false
            Answer: No solution                             ¦ TEXT nosolution
            Answer: No one                                  ¦ TEXT noone
            Answer: Paris                                   ¦ TEXT paris
            Answer:  "PARIS!"                               ¦ TEXT paris
            Answer: New  York                               ¦ TEXT newyork
            Answer: \\text{New York}                        ¦ TEXT newyork
            Answer: Straße                                  ¦ TEXT strasse
            Answer: 北京                                     ¦ TEXT 北京
            Answer: June 5, 2024                            ¦ TEXT 2024|06|05
            Answer: 05/06/2024                              ¦ TEXT 05|06|2024
            Answer: 10:30                                   ¦ TEXT 10|30
            Answer: 12 hours 30 minutes                     ¦ TEXT 12hours30minutes
            Answer: x = 2, y = 3                            ¦ TEXT x=2y=3
            Answer: 2\\sqrt{3}                              ¦ TEXT 2sqrt3
            Answer: x^2 + 1                                 ¦ TEXT x^2+1
            Answer: 3, 4                                    ¦ TEXT 3|4
            Answer: ] ) >                                   ¦ TEXT ])>
            Answer: {"b": 1, "a": [2]}                      ¦ JSON {"a":[2],"b":1}
            Answer: [1, 2]                                  ¦ JSON [1,2]
            # rule 2: a box
            So \\boxed{42}, see page 7                      ¦ NUMBER 42
            \\boxed{1{,}000} is 1 and 3 zeros               ¦ NUMBER 1000
            \\boxed{1} or \\boxed{2} 9                      ¦ NUMBER 2
            \\boxed{\\frac{3}{4}} 9                         ¦ NUMBER 0.75
            \\boxed{\\text{(B)}} 9                          ¦ OPTION B
            \\boxed{\\text{Paris}} 9                        ¦ TEXT paris
            \\boxed{\\textbf{\\text{yes}}} 9                ¦ TRUTH yes
            $$\\boxed{42}$$⏎The answer is 7.                ¦ NUMBER 42
            \\boxed{9                                       ¦ NUMBER 9
            \\boxed 9 or 8                                  ¦ NUMBER 9
            \\boxed{41}⏎Answer: 42                          ¦ NUMBER 42
            # rule 3: after the last "answer"
            So the answer is 42. Great!⏎See page 7.         ¦ NUMBER 42
            The answer is 4, no, the answer is 5⏎Page 7     ¦ NUMBER 5
            The answer is $\\frac{1}{2}$.⏎Bye 3             ¦ NUMBER 0.5
            The final answer is 18 dollars per day.⏎Bye 3   ¦ NUMBER 18
            The answer is: 2 + 7 = 11⏎Bye 3                 ¦ NUMBER 11
            The answer to question 3 is (B).⏎Bye 3          ¦ OPTION B
            The correct answer is option C, not 7.⏎Bye 3    ¦ OPTION C
            The answer is **D**⏎Bye 3                       ¦ OPTION D
            My answer would be (A).⏎Bye 3                   ¦ OPTION A
            The answer is (B) since (A) is 3.⏎Bye 3         ¦ OPTION B
            So the answer is yes, since 5 > 3.⏎Bye 3        ¦ TRUTH yes
            So the answer is clearly false.⏎Bye 3           ¦ TRUTH false
            The answer is that it is true.⏎Bye 3            ¦ TRUTH true
            <answer>⏎B⏎</answer>                            ¦ OPTION B
            <answer>42</answer>⏎Bye 3                       ¦ NUMBER 42
            Answer: 42⏎I hope it is 1 correct answer.       ¦ LAST 1
            The answer is 42, a good answer⏎Bye 3           ¦ NUMBER 42
            The answer is World War 2.⏎Bye 3                ¦ TEXT worldwar2
            The answer is at least 5.⏎Bye 3                 ¦ TEXT atleast5
            The answer for Janet is 5.⏎Bye 3                ¦ NUMBER 5
            The answer to Question 3 is 5.⏎Bye 3            ¦ NUMBER 5
            The final answer:⏎12⏎Bye 3                      ¦ NUMBER 12
            The answer is A. Einstein, who was born there.  ¦ OPTION_OR_NAME A.einstein
            The answer is B. This is because A fails.       ¦ OPTION B
            The answer is (a) 5 (b) 6.⏎Bye 3                ¦ TEXT a5b6
            La respuesta es sí⏎Bye 3                        ¦ TRUTH yes
            # rule 4: the last number
            First 1, then 2                                 ¦ LAST 2
            The answer follows.⏎It has 12 eggs.             ¦ LAST 12
            The answer is Paris                             ¦
            I answered 3 questions, and have 2 left         ¦ LAST 2
            It took 3 unanswered calls                      ¦ LAST 3
            It has 3.7 million people.                      ¦ LAST 3700000
            It costs 1.000,5 or 1 234,5                     ¦ LAST 1234.5
            No number at all                                ¦
            Answer: <result>⏎                               ¦
            Answer: <result>⏎ 5                             ¦ LAST 5
            # other languages
            答案是42。⏎谢谢                                    ¦ NUMBER 42
            答案：B                                          ¦ OPTION B
            Antwort: Paris                                  ¦ TEXT paris
            La réponse est (C).                             ¦ OPTION C
            Ответ: 12,5                                     ¦ NUMBER 12.5
            """)
    void findsTheKey(String text, @Nullable String expected) {
        SampleKey key = SampleKey.of(text.replace('⏎', '\n'));

        String found = key.key() == null
                ? null
                : (key.isLastNumber() ? "LAST " + key.key().value() : key.key().toString());
        assertThat(found).isEqualTo(expected);
    }

    /** A reply in the form that the prompt asks for. ⏎ is a line break; "open": it may have its key by chance. */
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '~', textBlock = """
            It is 42.⏎Answer: 42                            ¦ NUMBER 42
            It is 42.⏎Answer: 42⏎⏎Ask me more.              ¦ NUMBER 42
            It is \\boxed{42}, as on page 7.                ¦ NUMBER 42
            Es ist 42.⏎Antwort: 42                          ¦ NUMBER 42
            The answer is 42.⏎Bye.                          ¦ open NUMBER 42
            The answer is **42**.                           ¦ open NUMBER 42
            Yes, 91 is composite.                           ¦ open NUMBER 91
            Berlin was founded in 1237.                     ¦ open NUMBER 1237
            Berlin has 3.7 million people.                  ¦ open NUMBER 3700000
            ### Step 1: Install⏎Run it.⏎### Step 2: Start   ¦ open
            **Step 1: Install**⏎Run it.⏎**Step 2: Start**   ¦ open
            Berlin                                          ¦ open
            Berlin is nice.                                 ¦ open
            Hello!                                          ¦ open
            42                                              ¦ NUMBER 42
            **3.7 million people**                          ¦ NUMBER 3700000
            $x = 5$                                         ¦ NUMBER 5
            """)
    void aReplyInTheFormatIsOpenUnlessItMarksAResultOrIsOne(String answer, String expected) {
        String shown = answer.replace('⏎', '\n');
        SampleKey key =
                SampleKey.of(List.of(new TurnEvent.AnswerText(shown)), "=== Step: a\n=== Answer\n" + shown, true);

        assertThat((key.isOpen() ? "open " : "") + (key.key() == null ? "" : key.key()))
                .isEqualToIgnoringWhitespace(expected);
    }

    @Test
    void toolCallsVoteByNameAndArguments() {
        List<TurnEvent> call = List.of(
                new TurnEvent.ToolCall(new Delta.ToolCall(0, "a", "find", "{\"b\":1,")),
                new TurnEvent.ToolCall(new Delta.ToolCall(0, null, null, "\"a\":2}")));
        List<TurnEvent> same =
                List.of(new TurnEvent.ToolCall(new Delta.ToolCall(0, "z", "find", "{ \"a\": 2, \"b\": 1 }")));
        List<TurnEvent> other = List.of(new TurnEvent.ToolCall(new Delta.ToolCall(0, "a", "find", "{}")));

        assertThat(SampleKey.of(call, "Text 5", false).key())
                .isEqualTo(SampleKey.of(same, "", false).key())
                .isNotEqualTo(SampleKey.of(other, "Text 5", false).key());
        assertThat(SampleKey.of(call, "", false).label()).isEqualTo("find({\"a\":2,\"b\":1})");
    }

    @Test
    void theOrderOfToolCallsDoesNotMatter() {
        TurnEvent first = new TurnEvent.ToolCall(new Delta.ToolCall(0, "a", "find", "{}"));
        TurnEvent second = new TurnEvent.ToolCall(new Delta.ToolCall(1, "b", "count", "{}"));
        TurnEvent secondFirst = new TurnEvent.ToolCall(new Delta.ToolCall(0, "a", "count", "{}"));
        TurnEvent firstSecond = new TurnEvent.ToolCall(new Delta.ToolCall(1, "b", "find", "{}"));

        assertThat(SampleKey.of(List.of(first, second), "", false).key())
                .isEqualTo(SampleKey.of(List.of(secondFirst, firstSecond), "", false)
                        .key())
                .isNotEqualTo(SampleKey.of(List.of(first), "", false).key());
    }

    @Test
    void refusalsVoteTogether() {
        assertThat(SampleKey.of(List.of(new TurnEvent.RefusalText("No.")), "", false)
                        .key())
                .isNotNull()
                .isEqualTo(SampleKey.of(List.of(new TurnEvent.RefusalText("I cannot.")), "5", true)
                        .key());
    }

    /** At least 99 % of the texts of a real model. */
    @Test
    void findsTheRecordedKeys() throws IOException {
        int found = 0;
        int all = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(getClass().getResourceAsStream("/samples/samples-smollm2-addition.jsonl")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (JsonNode sample : Json.tree(new RawJson(line)).path("samples")) {
                    JsonNode recorded = sample.path("key");
                    AnswerKey key = SampleKey.of(sample.path("text").asText()).key();
                    all++;
                    found += Objects.equals(key, recorded.isNull() ? null : AnswerKey.of(recorded.asText())) ? 1 : 0;
                }
            }
        }
        assertThat(all).isEqualTo(1920);
        assertThat(found).isGreaterThanOrEqualTo(1901);
    }
}
