package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void hasAResponse() {
        String id = TurnId.random();
        assertThat(TurnId.response(id)).isEqualTo("resp_" + TurnId.hex(id));
        assertThat(TurnId.response(TurnId.chatCompletion(id))).isEqualTo(TurnId.response(id));
        assertThat(TurnId.ofResponse(TurnId.response(id))).hasValue(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "resp_",
                "0123456789abcdef0123456789abcdef",
                "turn_0123456789abcdef0123456789abcdef",
                "chatcmpl-0123456789abcdef0123456789abcdef",
                "resp_0123456789abcdef0123456789abcde",
                "resp_0123456789abcdef0123456789abcdef0",
                "resp_0123456789ABCDEF0123456789ABCDEF",
                "resp_0123456789abcdef0123456789abcdef\n",
                "resp_0123456789abcdef0123456789abcde\0"
            })
    void isNotOfAnotherResponse(String response) {
        assertThat(TurnId.ofResponse(response)).isEmpty();
    }

    @Test
    void isMadeOfItsDigits() {
        String id = TurnId.random();
        assertThat(TurnId.ofHex(TurnId.hex(id))).isEqualTo(id);
    }
}
