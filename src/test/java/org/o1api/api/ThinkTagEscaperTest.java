package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThinkTagEscaperTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = true, textBlock = """
                    a                       | a
                    </think>                | <\\/think>
                    a</think>b</think>c     | a<\\/think>b<\\/think>c
                    </thin                  | </thin
                    </</think>              | </<\\/think>
                    <</think</think>        | <</think<\\/think>
                    </think >               | </think >
                    <think>a<\\/think>      | <think>a<\\/think>
                    a < b </ c              | a < b </ c
                    """)
    void escapesClosingTagsHoweverTheTextIsSplit(String text, String shown) {
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                ThinkTagEscaper escaper = new ThinkTagEscaper();
                String all = escaper.append(text.substring(0, first))
                        + escaper.append(text.substring(first, second))
                        + escaper.append(text.substring(second))
                        + escaper.finish();
                assertThat(all).isEqualTo(shown);
            }
        }
    }

    @Test
    void holdsBackOnlyThePossibleStartOfATag() {
        ThinkTagEscaper escaper = new ThinkTagEscaper();
        assertThat(escaper.append("ab")).isEqualTo("ab");
        assertThat(escaper.append("c<")).isEqualTo("c");
        assertThat(escaper.append("d")).isEqualTo("<d");
    }
}
