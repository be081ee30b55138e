package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenAiSchemaTest {
    private static final String CHUNK =
            "{\"id\": \"c\", \"object\": \"chat.completion.chunk\", \"created\": 1, \"model\": \"m\","
                    + " \"choices\": [{\"index\": 0, \"delta\": {\"reasoning_content\": \"x\"}, \"finish_reason\": null}]}";

    @Test
    void acceptsValidChunksWithAdditionalFields() {
        assertThatCode(() -> OpenAiSchema.CHUNK.check(CHUNK)).doesNotThrowAnyException();
    }

    @Test
    void rejectsInvalidChunks() {
        for (String wrong : List.of(
                CHUNK.replace("\"finish_reason\": null", "\"finish_reason\": \"eos\""),
                CHUNK.replace(", \"finish_reason\": null", ""),
                CHUNK.replace("\"created\": 1", "\"created\": \"1\""),
                CHUNK.replace("\"model\": \"m\",", "\"model\": \"m\", \"error\": null,"),
                CHUNK.replace(".chunk", ""))) {
            assertThatThrownBy(() -> OpenAiSchema.CHUNK.check(wrong)).as(wrong).isInstanceOf(AssertionError.class);
        }
    }
}
