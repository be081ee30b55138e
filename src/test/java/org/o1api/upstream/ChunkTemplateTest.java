package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChunkTemplateTest {
    private final ChunkTemplate template = new ChunkTemplate();

    @Test
    void readsTheTextOfAMatchingChunk() {
        learn("{\"c\":\"old\",\"x\":1}", "\"old\"");
        assertThat(textOf("{\"c\":\"new one\",\"x\":1}")).isEqualTo("new one");
        assertThat(textOf("{\"c\":\"\u5fae\ud83d\ude00\",\"x\":1}")).isEqualTo("\u5fae\ud83d\ude00");
        assertThat(textOf("{\"c\":\"\",\"x\":1}")).isEmpty();
    }

    @Test
    void leavesOtherChunksToTheParser() {
        learn("{\"c\":\"old\",\"x\":1}", "\"old\"");
        assertThat(textOf("{\"c\":\"a\",\"x\":2}")).isNull();
        assertThat(textOf("{\"d\":\"a\",\"x\":1}")).isNull();
        assertThat(textOf("{\"c\":\"a\\n\",\"x\":1}")).isNull();
        assertThat(textOf("{\"c\":\"a\",\"c\":\"b\",\"x\":1}")).isNull();
        assertThat(textOf("{\"c\":\"a\tb\",\"x\":1}")).isNull();
        assertThat(textOf("{\"c\":\",\"x\":1}")).isNull();
        assertThat(textOf("{\"c\":")).isNull();
        assertThat(textOf("")).isNull();
        template.clear();
        assertThat(textOf("{\"c\":\"old\",\"x\":1}")).isNull();
    }

    private void learn(String chunk, String text) {
        byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
        int start = chunk.indexOf(text);
        template.learn(bytes, 0, bytes.length, start, start + text.length(), false);
    }

    private @Nullable String textOf(String chunk) {
        byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
        return template.textOf(bytes, 0, bytes.length);
    }
}
