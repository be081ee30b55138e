package org.o1api.api.chat;

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
                ThinkTagEscaper block = new ThinkTagEscaper();
                String all = block.append(text.substring(0, first))
                        + block.append(text.substring(first, second))
                        + block.append(text.substring(second))
                        + block.finish();
                assertThat(all).isEqualTo(shown);
            }
        }
    }

    @Test
    void holdsBackOnlyThePossibleStartOfATag() {
        ThinkTagEscaper block = new ThinkTagEscaper();
        assertThat(block.append("ab")).isEqualTo("ab");
        assertThat(block.append("c<")).isEqualTo("c");
        assertThat(block.append("d")).isEqualTo("<d");
    }
}
