package org.o1api.api.conversations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;

class ConversationRequestTest {
    private static ConversationRequest read(String body) {
        return ConversationRequest.read(body, new ApiSettings.RequestLimits(1 << 20, 3, 20, 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r\n\t ", "{}"})
    void acceptsABodyWithoutContent(String body) {
        ConversationRequest request = read(body);
        assertThat(request.metadata()).isNull();
        assertThat(request.messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " [", "\u00a0", "[]"})
    void rejectsOtherBodies(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(RequestException.class);
    }
}
