package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThinkBlockTextTest {
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
    void escapesClosingTagsInAnyPieces(String text, String shown) {
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                ThinkBlockText block = new ThinkBlockText();
                String all = block.with(text.substring(0, first))
                        + block.with(text.substring(first, second))
                        + block.with(text.substring(second))
                        + block.end();
                assertThat(all).isEqualTo(shown);
            }
        }
    }

    @Test
    void holdsOnlyWhatMayBecomeATag() {
        ThinkBlockText block = new ThinkBlockText();
        assertThat(block.with("ab")).isEqualTo("ab");
        assertThat(block.with("c<")).isEqualTo("c");
        assertThat(block.with("d")).isEqualTo("<d");
    }
}
