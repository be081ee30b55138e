package org.o1api.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowingTextTest {
    @Test
    void knowsWhetherItIsCompleteJson() {
        GrowingText text = new GrowingText();
        assertThat(text.isObjectOrArray()).isFalse();
        text.append("{\"a\":");
        assertThat(text.isObjectOrArray()).isFalse();
        assertThat(text.isObjectOrArray()).isFalse();
        text.append("1}");
        assertThat(text.isObjectOrArray()).isTrue();
        text.append("");
        assertThat(text.isObjectOrArray()).isTrue();
        text.append("]");
        assertThat(text.isObjectOrArray()).isFalse();
    }
}
