package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.testing.FakeUpstream;
import org.o1api.testing.Script;

/** Providers that do not know the role {@code developer}. */
class DeveloperRoleTest {
    private static final Message INSTRUCTION =
            MessageJson.message(Role.DEVELOPER, new Content.Text("A developer asks for a valid role."), Map.of());
    private static final CallRequest REQUEST =
            new CallRequest("m", List.of(Message.user("Hi"), INSTRUCTION, Message.user("Why?")), Map.of());

    private final UpstreamFixture fixture = new UpstreamFixture();
    private final AtomicLong now = new AtomicLong();

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpUpstream upstream(FakeUpstream fake) {
        UpstreamSettings settings =
                new UpstreamFixture.Settings().url(fake.url()).build();
        return fixture.upstream(
                settings,
                new Breaker("main", Breaker.OPEN_TIME, true),
                new ProviderProfiles(settings, now::get),
                new Transport(settings));
    }

    private void call(HttpUpstream upstream, CallRequest request) {
        try (Call call = upstream.open(request, fixture.context("a"))) {
            assertThat(fixture.text(call)).isEqualTo("well");
        }
    }

    private static boolean hasRole(FakeUpstream.Request request, String role) {
        return request.text().contains("\"role\":\"" + role + "\"");
    }

    private static Script replyUnlessDeveloper(FakeUpstream.Request request, Script rejection) {
        return hasRole(request, "developer") ? rejection : Script.answer("well");
    }

    private static ProviderErrorBody errorWith(String message, @Nullable String param) {
        return new ProviderErrorBody(message, message, param, null, null, 0, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to deserialize the JSON body into the target type: messages[1].role: unknown variant `developer`,"
                        + " expected one of `system`, `user`, `assistant`, `tool` at line 1 column 60",
                "invalid parameter 'messages[1].role': invalid role 'developer', must be one of: system, user",
                "Invalid option: expected one of \"user\"|\"assistant\" at \"params.messages[1].role\"",
                "The parameter `messages.role` specified in the request are not valid: invalid value: `developer`",
                "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.['0].role'",
                "Input tag 'developer' found using 'role' does not match any of the expected tags: 'system', 'user'",
                "'messages.1' : discriminator property 'role' has invalid value",
                "chat template rejected the request: Unexpected message role.",
                "Unexpected role in messages",
                "Conversation roles must alternate user/assistant/user/assistant/...",
                "Only user and assistant roles are supported!",
                "Incorrect role information",
                "[1214] Incorrect role information",
                "\u89d2\u8272\u4fe1\u606f\u4e0d\u6b63\u786e",
                "Unsupported value: 'messages[1].role' does not support 'developer' with this model.",
                "Developer instruction is not enabled for models/gemma",
                "invalid params, invalid role: developer (2013)",
                "{\"role\": \"developer\"}: unknown role developer"
            })
    void recognizesEachProvidersWording(String message) {
        assertThat(DeveloperRole.isRejectedBy(errorWith(message, null), REQUEST))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Invalid prompt",
                "Invalid prompt: A developer asks for a valid role.",
                "Invalid messages: [{\"role\":\"developer\",\"content\":\"A developer asks for a valid role.\"}]",
                "Invalid messages: [{'role': 'developer', 'content': 'A developer asks for a valid role.'}]",
                "Invalid messages: [{\\\"role\\\":\\\"user\\\",\\\"content\\\":\\\"Hi\\\"}]",
                "messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
                "The controller is not supported",
                "enrolled users only"
            })
    void ignoresOtherErrors(String message) {
        assertThat(DeveloperRole.isRejectedBy(errorWith(message, null), REQUEST))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "messages[1].role, true",
        "messages.1.role, true",
        "messages.[1].role, true",
        "body.messages[1].role, true",
        "/messages/1/role, true",
        "messages.role, true",
        "messages[0].role, false",
        "messages[9].role, false",
        "messages[99999999999].role, false",
        "messages[1].content, false",
        "tools[1].role, false",
        "seed, false"
    })
    void recognizesTheParam(String param, boolean named) {
        assertThat(DeveloperRole.isRejectedBy(errorWith("no", param), REQUEST)).isEqualTo(named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            400 | {"error":{"message":"no","param":"messages[1].role","code":"unsupported_value"}}
            422 | {"detail":[{"loc":["body","messages",1,"role"],"msg":"no","input":"developer"}]}
            422 | {"detail":[{"type":"union_tag_invalid","loc":["body","messages",1],"msg":"Input tag 'developer' found using 'role' does not match","input":{"role":"developer"}}]}
            400 | Failed to deserialize the JSON body: messages[1].role: unknown variant `developer`
            400 | data: {"error":{"code":"invalid_parameter_error","message":"developer is not one of ['system', 'user']"}}
            500 | {"error":{"code":500,"message":"Unexpected message role.","type":"server_error"}}
            200 | {"error":{"message":"Unexpected message role.","type":"BadRequestError","code":400}}
            """)
    void sendsSystemOnceTheRoleWasRejected(int status, String body) {
        FakeUpstream fake = fixture.fake(
                FakeUpstream.dispatching(request -> replyUnlessDeveloper(request, Script.status(status, body))));
        HttpUpstream upstream = upstream(fake);
        call(upstream, REQUEST);
        assertThat(fake.requests()).hasSize(2);
        assertThat(fake.request(1).text()).isEqualTo(fake.request(0).text().replace("developer\"", "system\""));

        CallRequest other = new CallRequest(
                "m",
                List.of(INSTRUCTION, INSTRUCTION),
                Map.of("tools", new RawJson("[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]")));
        call(upstream, other); // with other features
        assertThat(fake.requests()).hasSize(3);
        assertThat(hasRole(fake.request(2), "developer")).isFalse();
    }

    @Test
    void sendsDeveloperAfterExpiryAndToOtherModels() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request ->
                request.number() == 0 ? Script.error(400, "unknown role developer") : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        call(upstream, REQUEST);
        call(upstream, REQUEST.withModel("other"));
        assertThat(hasRole(fake.request(2), "developer")).isTrue();
        now.addAndGet(Duration.ofHours(1).toNanos());
        call(upstream, REQUEST);
        assertThat(hasRole(fake.request(3), "developer")).isTrue();
    }

    @Test
    void learnsNothingIfSystemIsRejectedToo() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> request.number() < 2
                ? Script.error(400, "Developer instruction is not enabled")
                : Script.answer("well")));
        HttpUpstream upstream = upstream(fake);
        assertThat(catchThrowable(() -> call(upstream, REQUEST)))
                .isInstanceOf(UpstreamException.class)
                .hasMessage("Developer instruction is not enabled");
        assertThat(fake.requests()).hasSize(2);
        call(upstream, REQUEST);
        assertThat(hasRole(fake.request(2), "developer")).isTrue();
    }

    @Test
    void ignoresARejectionOfARequestWithoutTheRole() {
        FakeUpstream fake = fixture.fake(FakeUpstream.dispatching(request -> Script.error(400, "Unexpected role")));
        assertThat(catchThrowable(() -> call(upstream(fake), fixture.request())))
                .isInstanceOf(UpstreamException.class);
        assertThat(fake.requests()).hasSize(1);
    }
}
