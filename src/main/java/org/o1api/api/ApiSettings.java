package org.o1api.api;

import java.util.Set;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;
import org.o1api.reasoning.Preset;

/**
 * Settings of the HTTP API.
 *
 * @param reasoningFormat where a response shows the reasoning, unless the preset or the request specifies it
 * @param usage what {@code usage} reports, unless the preset specifies it
 * @param legacyResponse whether non-streamed responses also have {@code steps} and {@code total_thinking_time}, as
 *     in the original program
 * @param limits limits of a request
 * @param corsOrigins the origins whose pages may call the gateway from a browser; empty: none
 */
public record ApiSettings(
        ReasoningFormat reasoningFormat,
        UsageReport usage,
        boolean legacyResponse,
        RequestLimits limits,
        Set<String> corsOrigins) {
    public ApiSettings {
        corsOrigins = Set.copyOf(corsOrigins);
    }

    /** Where a response of this preset shows the reasoning, unless the request specifies it. */
    public ReasoningFormat reasoningFormat(Preset preset) {
        return preset.reasoningFormat() == null ? reasoningFormat : preset.reasoningFormat();
    }

    /** What {@code usage} reports for this preset. */
    public UsageReport usage(Preset preset) {
        return preset.usage() == null ? usage : preset.usage();
    }

    /**
     * Limits of a request.
     *
     * @param body maximum size of the body in bytes
     * @param messages maximum number of messages
     * @param depth maximum nesting depth of the JSON
     * @param values maximum number of JSON tokens (keys, values and brackets): parsed, each takes many times its
     *     size
     */
    public record RequestLimits(int body, int messages, int depth, int values) {
        public static final RequestLimits DEFAULT = new RequestLimits(10 << 20, 2048, 64, 200_000);
    }
}
