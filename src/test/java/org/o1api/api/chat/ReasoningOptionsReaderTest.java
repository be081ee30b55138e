package org.o1api.api.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.model.Budget;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.Mode;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Preset;
import org.o1api.reasoning.TestPresets;
import org.o1api.reasoning.TestStrategy;

class ReasoningOptionsReaderTest {
    private static ChatCompletionRequest requestWith(String fields) {
        String body = "{" + fields + ", \"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}";
        return RequestReader.read(body, ApiSettings.RequestLimits.DEFAULT);
    }

    private static Preset preset(@Nullable ReasoningFormat format) {
        return TestPresets.preset(
                List.of("default"), TestStrategy.EMPTY, Budget.DEFAULT, Preset.History.DEFAULT, format);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "reasoning_effort": "none"                                               | NONE
                    "reasoning_effort": "minimal"                                            | MINIMAL
                    "reasoning_effort": "low"                                                | LOW
                    "reasoning_effort": "medium"                                             | MEDIUM
                    "reasoning_effort": "high"                                               | HIGH
                    "reasoning_effort": "xhigh"                                              | XHIGH
                    "reasoning_effort": "max"                                                | MAX
                    "reasoning_effort": "default"                                            |
                    "reasoning_effort": "auto"                                               |
                    "reasoning_effort": ""                                                   |
                    "reasoning_effort": null                                                 |
                    "reasoning": null                                                        |
                    "reasoning": {}                                                          |
                    "reasoning": {"effort": null, "max_tokens": null, "enabled": null}       |
                    "reasoning": {"effort": "high"}                                          | HIGH
                    "reasoning": {"effort": "max", "summary": "auto"}                        | MAX
                    "reasoning": {"effort": "auto"}                                          |
                    "reasoning": {"summary": "detailed", "generate_summary": 5}              |
                    "reasoning": {"enabled": true}                                           |
                    "reasoning": {"enabled": false}                                          | NONE
                    "reasoning": {"enabled": true, "effort": "low"}                          | LOW
                    "reasoning": {"enabled": false, "effort": "none"}                        | NONE
                    "reasoning": {"enabled": false, "exclude": true}                         | NONE
                    "reasoning": {"exclude": true}                                           |
                    "reasoning": {"max_tokens": 0}                                           | NONE
                    "reasoning": {"max_tokens": 1}                                           | LOW
                    "reasoning": {"max_tokens": 2047}                                        | LOW
                    "reasoning": {"max_tokens": 2048}                                        | MEDIUM
                    "reasoning": {"max_tokens": 16383}                                       | MEDIUM
                    "reasoning": {"max_tokens": 16384}                                       | HIGH
                    "reasoning": {"max_tokens": 32767}                                       | HIGH
                    "reasoning": {"max_tokens": 32768}                                       | XHIGH
                    "reasoning": {"max_tokens": 2147483647}                                  | XHIGH
                    "reasoning": {"max_tokens": 4096, "effort": "high"}                      | HIGH
                    "reasoning": {"mode": "standard", "context": [1], "later": {"a": []}}    |
                    "thinking": null                                                         |
                    "thinking": {}                                                           |
                    "thinking": {"type": "enabled"}                                          |
                    "thinking": {"type": "enabled", "budget_tokens": 1024}                   | LOW
                    "thinking": {"budget_tokens": 16000, "type": "enabled"}                  | MEDIUM
                    "thinking": {"type": "enabled", "budget_tokens": 63999}                  | XHIGH
                    "thinking": {"budget_tokens": 20000}                                     | HIGH
                    "thinking": {"budget_tokens": 0}                                         | NONE
                    "thinking": {"type": "disabled"}                                         | NONE
                    "thinking": {"type": "disabled", "budget_tokens": 0}                     | NONE
                    "reasoning": {"enabled": false, "effort": "high"}                        | NONE
                    "reasoning": {"effort": "none", "enabled": true}                         | NONE
                    "reasoning": {"enabled": false, "max_tokens": 4096}                      | NONE
                    "reasoning": {"enabled": true, "max_tokens": 0}                          | NONE
                    "reasoning": {"max_tokens": 4096, "effort": "none"}                      | NONE
                    "reasoning": {"max_tokens": 0, "effort": "high"}                         | HIGH
                    "thinking": {"type": "enabled", "budget_tokens": 0}                      | NONE
                    "thinking": {"budget_tokens": 1024, "type": "disabled"}                  | NONE
                    "thinking": {"type": "adaptive", "display": "omitted"}                   |
                    "thinking": {"type": "auto"}                                             |
                    "thinking": {"type": "enabled", "keep": "all", "clear_thinking": false}  |
                    "reasoning_effort": "low", "reasoning": {"effort": "high"}               | LOW
                    "reasoning": {"effort": "high"}, "reasoning_effort": "low"               | LOW
                    "reasoning_effort": "high", "thinking": {"type": "disabled"}             | HIGH
                    "reasoning_effort": "auto", "reasoning": {"effort": "high"}              | HIGH
                    "reasoning_effort": null, "thinking": {"type": "disabled"}               | NONE
                    "thinking": {"type": "disabled"}, "reasoning": {"effort": "high"}        | HIGH
                    "thinking": {"type": "disabled"}, "reasoning": {"summary": "auto"}       | NONE
                    "reasoning": {"enabled": false}, "thinking": {"type": "enabled"}         | NONE
                    "reasoning": {"effort": "high"}, "reasoning": {"summary": "auto"}        |
                    "usage": {"include": true}                                               |
                    "usage": {"include": null, "later": 1}                                   |
                    "store": true                                                            |
                    "store": {"any": ["thing"]}                                              |
                    "service_tier": "flex"                                                   |
                    "prompt_cache_key": "k"                                                  |
                    "prompt_cache_retention": "24h"                                          |
                    """)
    void readsTheEffortOfEachDialectAndForwardsNoneOfItsFields(String fields, @Nullable Effort effort) {
        ChatCompletionRequest request = requestWith(fields);

        assertThat(request.effort()).isEqualTo(effort);
        assertThat(request.fields()).isEmpty();
        assertThat(request.closingFields()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "user": "u"                                                | STANDARD
                    "reasoning": {}                                            | STANDARD
                    "reasoning": {"mode": null}                                | STANDARD
                    "reasoning": {"mode": "standard"}                          | STANDARD
                    "reasoning": {"mode": "pro"}                               | PRO
                    "reasoning": {"effort": "low", "mode": "pro"}              | PRO
                    "reasoning": {"mode": "pro"}, "reasoning": {}              | STANDARD
                    """)
    void readsTheMode(String fields, Mode mode) {
        assertThat(requestWith(fields).mode()).isEqualTo(mode);
    }

    /** Fields that control the provider's model, not the gateway. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat_template_kwargs",
                "enable_thinking",
                "thinking_budget",
                "think",
                "reasoning_split",
                "user",
                "safety_identifier",
                "metadata"
            })
    void forwardsFieldsThatControlTheProvidersModel(String name) {
        ChatCompletionRequest request = requestWith("\"" + name + "\": {\"enable_thinking\": false}");

        assertThat(request.fields()).containsOnlyKeys(name);
        assertThat(request.effort()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "reasoning_effort": "huge"                                   | reasoning_effort
                    "reasoning_effort": "HIGH"                                   | reasoning_effort
                    "reasoning_effort": 3                                        | reasoning_effort
                    "reasoning_effort": {"effort": "high"}                       | reasoning_effort
                    "reasoning": "high"                                          | reasoning
                    "reasoning": true                                            | reasoning
                    "reasoning": []                                              | reasoning
                    "reasoning": {"effort": "huge"}                              | reasoning.effort
                    "reasoning": {"effort": 3}                                   | reasoning.effort
                    "reasoning": {"enabled": "yes"}                              | reasoning.enabled
                    "reasoning": {"exclude": 1}                                  | reasoning.exclude
                    "reasoning": {"max_tokens": "4096"}                          | reasoning.max_tokens
                    "reasoning": {"max_tokens": 1.5}                             | reasoning.max_tokens
                    "reasoning": {"max_tokens": -1}                              | reasoning.max_tokens
                    "reasoning": {"max_tokens": 1e99}                            | reasoning.max_tokens
                    "reasoning": {"max_tokens": 99999999999}                     | reasoning.max_tokens
                    "reasoning": {"mode": "fast"}                                | reasoning.mode
                    "reasoning": {"mode": "PRO"}                                 | reasoning.mode
                    "reasoning": {"mode": true}                                  | reasoning.mode
                    "thinking": true                                             | thinking
                    "thinking": "enabled"                                        | thinking
                    "thinking": {"type": "on"}                                   | thinking.type
                    "thinking": {"type": true}                                   | thinking.type
                    "thinking": {"type": "enabled", "budget_tokens": "1024"}     | thinking.budget_tokens
                    "thinking": {"type": "enabled", "budget_tokens": -1}         | thinking.budget_tokens
                    "usage": true                                                | usage
                    "usage": {"include": "yes"}                                  | usage.include
                    "include_reasoning": "yes"                                   | include_reasoning
                    """)
    void namesTheInvalidField(String fields, String param) {
        assertThatThrownBy(() -> requestWith(fields)).isInstanceOfSatisfying(RequestException.class, e -> {
            assertThat(e.param()).isEqualTo(param);
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e).hasMessageContaining("'" + param + "'");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "user": "u"                                                              |           | REASONING_CONTENT
                    "reasoning": {}                                                          |           | BOTH
                    "reasoning": {"effort": "low"}                                           |           | BOTH
                    "reasoning": {"enabled": false}                                          |           | BOTH
                    "reasoning": null                                                        |           | REASONING_CONTENT
                    "usage": {"include": true}                                               |           | BOTH
                    "usage": {"include": false}                                              |           | REASONING_CONTENT
                    "thinking": {"type": "enabled"}                                          |           | REASONING_CONTENT
                    "reasoning_effort": "high"                                               |           | REASONING_CONTENT
                    "reasoning": {"exclude": true}                                           |           | NONE
                    "reasoning": {"exclude": false}                                          |           | BOTH
                    "reasoning": {"exclude": true}, "include_reasoning": true                |           | BOTH
                    "reasoning": {"exclude": true}, "usage": {"include": true}               |           | NONE
                    "reasoning": {"exclude": true}, "reasoning_format": "think"              |           | THINK
                    "include_reasoning": true                                                |           | REASONING_CONTENT
                    "include_reasoning": false, "reasoning": {"effort": "low"}               |           | NONE
                    "reasoning": {}, "reasoning_format": "reasoning_content"                 |           | REASONING_CONTENT
                    "reasoning": {}, "reasoning_format": "reasoning"                         |           | REASONING
                    "reasoning": {}, "reasoning_format": "think"                             |           | THINK
                    "reasoning": {}                                                          | REASONING | REASONING
                    "reasoning": {}                                                          | THINK     | THINK
                    "reasoning": {}                                                          | NONE      | NONE
                    "reasoning": {}, "include_reasoning": true                               | NONE      | BOTH
                    "reasoning": {}, "response_format": {"type": "json_object"}              | MARKDOWN  | BOTH
                    "usage": {"include": true}, "response_format": {"type": "json_object"}   | NONE      | NONE
                    "response_format": {"type": "json_object"}                               | THINK     | REASONING_CONTENT
                    """)
    void choosesTheReasoningFormatOfTheDialect(
            String fields, @Nullable ReasoningFormat ofPreset, ReasoningFormat expected) {
        Preset preset = preset(ofPreset);

        assertThat(requestWith(fields).format(preset, ReasoningFormat.REASONING_CONTENT))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "user": "u"                                                                    | false
                    "usage": {"include": true}                                                     | true
                    "usage": {"include": false}                                                    | false
                    "usage": {}                                                                    | false
                    "stream_options": {"include_usage": true}                                      | true
                    "stream_options": {"include_usage": true}, "usage": {"include": false}         | true
                    "usage": {"include": true}, "stream_options": {"include_usage": false}         | true
                    """)
    void readsBothOptionsForTheUsageChunk(String fields, boolean included) {
        assertThat(requestWith(fields).includeUsage()).isEqualTo(included);
    }
}
