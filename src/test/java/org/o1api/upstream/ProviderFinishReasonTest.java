package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderFinishReasonTest {
    @ParameterizedTest
    @CsvSource({
        "COMPLETE, stop STOP eos eos_token EOS_TOKEN end_turn stop_sequence complete COMPLETE end",
        "LENGTH, length LENGTH max_tokens MAX_TOKENS model_length Model_Length max-tokens max_output_tokens token_limit",
        "LENGTH, model_context_window_exceeded",
        "CONTENT_FILTER, content_filter content-filter CONTENT_FILTERED content_filter:_recitation safety SAFETY sensitive",
        "CONTENT_FILTER, image_safety recitation prohibited_content blocklist spii guardrail_intervened refusal ERROR_TOXIC",
        "TOOL_CALLS, tool_calls TOOL_CALLS function_call tool_use tool-calls tool_call",
        "FAILURE, error ERROR internal_error error_limit abort aborted cancel cancelled canceled CANCELLED network_error",
        "FAILURE, insufficient_system_resource insufficient_quota malformed_function_call MALFORMED_RESPONSE fail failed",
        "FAILURE, upstream_failure request_aborted",
        "UNKNOWN, pause_turn odd other finish_reason_unspecified load unload time_limit repetition null stopped unstoppable"
    })
    void classifiesReasons(ProviderFinishReason.Kind kind, String reasons) {
        for (String reason : reasons.split(" ", -1)) {
            assertThat(ProviderFinishReason.of(reason).kind()).as(reason).isEqualTo(kind);
            assertThat(ProviderFinishReason.of(" " + reason + " ").kind())
                    .as(reason)
                    .isEqualTo(kind);
        }
    }

    @ParameterizedTest
    @CsvSource({"Odd, odd", "odd-one, odd_one", "'see http://x/', ''", "'', ''", "\u00e4, ''"})
    void keepsTheValueOnlyIfItIsAPlainWord(String reason, String word) {
        assertThat(ProviderFinishReason.of(reason).value()).isEqualTo(word);
        assertThat(ProviderFinishReason.of("x".repeat(41)).value()).isEmpty();
    }
}
