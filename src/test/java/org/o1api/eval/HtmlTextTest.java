package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTextTest {
    /** Controls are written as in Java. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a\\nb         | a\\nb
            a\\r\\nb       | a\\nb
            a\\rb         | a\\nb
            a\\r\\n\\r\\nb   | a\\n\\nb
            a\\r\\rb       | a\\n\\nb
            a\\n\\rb       | a\\n\\nb
            a\\r          | a\\n
            a\\tb         | a\\tb
            a\\u0001b     | a\\ufffdb
            a\\u0085b     | a\\ufffdb
            a\\uffffb     | a\\ufffdb
            <b> & "c" 'd' | &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;
            """)
    void escapesWhatHtmlDoesNotAllow(String text, String html) {
        assertThat(HtmlText.escaped(unescaped(text))).isEqualTo(unescaped(html));
    }

    private static String unescaped(String text) {
        return text.replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\t", "\t")
                .replace("\\u0001", "\u0001")
                .replace("\\u0085", "\u0085")
                .replace("\\uffff", "\uffff")
                .replace("\\ufffd", "\ufffd");
    }
}
