package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnIdTest {
    @Test
    void isRandom() {
        assertThat(TurnId.random()).matches("turn_[0-9a-f]{32}").isNotEqualTo(TurnId.random());
    }

    /** The ID that earlier versions gave the completion: a retry after an upgrade gets the same one. */
    @Test
    void isTheSameForAnIdempotencyKey() {
        String id = TurnId.of("ann", "trip", "key-1");
        assertThat(id).isEqualTo("turn_adbeca4cade439788e7996de02293f60");
        assertThat(TurnId.chatCompletion(id)).isEqualTo("chatcmpl-adbeca4cade439788e7996de02293f60");
        assertThat(TurnId.of("ann", "trip", "key-2")).isNotEqualTo(id);
        assertThat(TurnId.of("ann", "work", "key-1")).isNotEqualTo(id);
        assertThat(TurnId.of("bob", "trip", "key-1")).isNotEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "turn_0123456789abcdef0123456789abcdef, 0123456789abcdef0123456789abcdef",
        "chatcmpl-0123456789abcdef0123456789abcdef, 0123456789abcdef0123456789abcdef",
        "other, other"
    })
    void hasDigits(String id, String hex) {
        assertThat(TurnId.hex(id)).isEqualTo(hex);
        assertThat(TurnId.chatCompletion(id)).isEqualTo("chatcmpl-" + hex);
    }

    @Test
    void isMadeOfItsDigits() {
        String id = TurnId.random();
        assertThat(TurnId.ofHex(TurnId.hex(id))).isEqualTo(id);
    }
}
