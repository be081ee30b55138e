package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.json.MessageJson;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;

/** What providers say about the fields for earlier reasoning, as reported by their users. */
class ReasoningFieldRejectionTest {
    private static final String PROMPT = "Why is reasoning_content\n\"missing\" here, and 'reasoning' not supported?";
    private static final String REASONING = "One more reasoning_content, which is required,\nthen it is unknown.";

    private static final CallRequest REQUEST = new CallRequest(
            "m",
            List.of(
                    Message.user(PROMPT),
                    MessageJson.message(
                            Role.ASSISTANT,
                            new Content.Text("b"),
                            Map.of(),
                            Map.of("reasoning_content", new RawJson("\"" + REASONING.replace("\n", "\\n") + "\"")))),
            Map.of("reasoning_effort", new RawJson("\"low\"")));

    private static @Nullable ReasoningFieldRejection rejection(String message, String param) {
        return ReasoningFieldRejection.of(
                new ProviderErrorBody(message, message, param.equals("-") ? null : param, null, null, 0, null),
                REQUEST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            # DeepSeek, old and new
            Missing `reasoning_content` field in the assistant message at message index 132. For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls | - | reasoning_content
            The `reasoning_content` in the thinking mode must be passed back to the API. | - | reasoning_content
            The reasoning content in the thinking mode must be passed back to the API.   | - | reasoning_content
            # Kimi, also behind SiliconFlow and others
            thinking is enabled but reasoning_content is missing in assistant tool call message at index 13 (request id: 2026042309) | - | reasoning_content
            # MiMo: the message is the param
            Param Incorrect | The reasoning_content in the thinking mode must be passed back to the API. | reasoning_content
            # validators
            Field required | messages[1].reasoning_content | reasoning_content
            none is required here | messages.1.assistant.reasoning_details | reasoning_details
            messages[1].reasoning is required | - | reasoning
            # others' ways to say it
            reasoning_content is required                                          | - | reasoning_content
            reasoning_content cannot be empty                                      | - | reasoning_content
            reasoning_content must not be empty in thinking mode                   | - | reasoning_content
            Assistant messages with tool calls must include reasoning_content.     | - | reasoning_content
            tool call message without reasoning_content                            | - | reasoning_content
            Please provide reasoning_details with each assistant message.          | - | reasoning_details
            The assistant message needs its reasoning_content                      | - | reasoning_content
            expected reasoning_content in messages[1]                              | - | reasoning_content
            Unless thinking is disabled, reasoning_content must be passed back     | - | reasoning_content
            thinking_blocks are missing in messages[1]                             | - | thinking_blocks
            Field required | messages.1.assistant.thinking_blocks | thinking_blocks
            messages[1]: 'reasoning' not provided                                  | - | reasoning
            \u601d\u8003\u6a21\u5f0f\u4e0b\u5fc5\u987b\u56de\u4f20 reasoning_content | - | reasoning_content
            """)
    void recognizesAMissingField(String message, String param, String field) {
        assertThat(rejection(message, param))
                .isNotNull()
                .returns(field, ReasoningFieldRejection::field)
                .returns(true, ReasoningFieldRejection::missing);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            # Mistral, Pydantic
            Extra inputs are not permitted | messages[31].reasoning_content | reasoning_content
            no such field                  | messages[1].reasoning_content  | reasoning_content
            no                             | body.messages.1.reasoning_details | reasoning_details
            Extra inputs are not permitted | messages[1].thinking_blocks | thinking_blocks
            messages.1: unknown field `thinking_blocks`, expected `role` | - | thinking_blocks
            messages cannot contain reasoning_content unless thinking is required | - | reasoning_content
            no                             | messages[1].reasoning          | reasoning
            # Groq, Cerebras, Fireworks
            'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)] | - | reasoning_content
            'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning' is unsupported, did you mean 'role'?)] | - | reasoning
            messages.1.assistant.reasoning_content: property 'messages.1.assistant.reasoning_content' is unsupported | validation_error | reasoning_content
            Error from provider: Extra inputs are not permitted, field: 'messages[8].reasoning', value: 'Now I need to read it.' | - | reasoning
            # OpenAI, Gemini, serde
            Unknown parameter: 'messages[1].reasoning_content'.                    | messages[1].reasoning_content | reasoning_content
            Unrecognized request argument supplied: reasoning_details              | - | reasoning_details
            Invalid JSON payload received. Unknown name "reasoning_content" at 'messages[1]': Cannot find field. | - | reasoning_content
            messages[1]: unknown field `reasoning_content`, expected one of `role`, `content`, `required` | - | reasoning_content
            # DeepSeek before it wanted it
            The reasoning_content is an intermediate result for display purposes only and will not be included in the context for inference. Please remove the reasoning_content from your message to reduce network traffic. | - | reasoning_content
            reasoning_content must be removed from the input messages              | - | reasoning_content
            reasoning_content is no longer required                                | - | reasoning_content
            messages cannot include reasoning_content                              | - | reasoning_content
            Additional properties are not allowed ('reasoning_content' was unexpected) | - | reasoning_content
            """)
    void recognizesARejectedField(String message, String param, String field) {
        assertThat(rejection(message, param))
                .isNotNull()
                .returns(field, ReasoningFieldRejection::field)
                .returns(false, ReasoningFieldRejection::missing);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            Invalid prompt                                                         | -
            This model does not support reasoning                                  | -
            Reasoning is required for this model                                   | -
            Unknown parameter: reasoning_effort, missing budget                    | reasoning_effort
            Missing required parameter: 'content'                                  | messages[1].content
            messages[1]: unknown field `refusal`, expected one of `role`, `content`, `reasoning_content` | -
            Unknown name "refusal". Allowed fields: role, content, reasoning_content | -
            reasoning_content                                                      | -
            # others would do too
            Field 'content' is required unless reasoning_content is present        | -
            Either content, tool_calls or reasoning_content must be provided       | -
            At least one of content, tool_calls and reasoning_content is required  | -
            content or reasoning_content is required                               | -
            `reasoning_content` or `content` must be set                           | -
            # the setting
            This model requires 'reasoning' to be enabled                          | -
            'reasoning' must be enabled for this model                             | -
            reasoning_contents are missing                                         | -
            """)
    void ignoresOtherErrors(String message, String param) {
        assertThat(rejection(message, param)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Invalid prompt: " + PROMPT,
                "Invalid prompt: Why is reasoning_content\\n\\\"missing\\\" here, and 'reasoning' not supported?",
                "Invalid message: " + REASONING,
                "Extra text in the message: One more reasoning_content, which is required,\\nthen it is unknown."
            })
    void ignoresQuotations(String message) {
        assertThat(rejection(message, "-")).isNull();
    }
}
