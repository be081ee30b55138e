package org.o1api.api;

import java.util.Set;
import org.o1api.model.ReasoningFormat;
import org.o1api.model.UsageReport;

/**
 * How requests are read and replies are shaped.
 *
 * @param reasoningFormat where the reasoning goes, unless the preset or the request says otherwise
 * @param usage what the usage of a reply reports, unless the preset says otherwise
 * @param legacyResponse whether unstreamed replies also have the original's {@code steps} and {@code total_thinking_time}
 * @param limits bounds of what a request may bring
 * @param corsOrigins whose pages may call the gateway from a browser; empty: nobody's
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

    /**
     * Bounds of what a request may bring.
     *
     * @param body bytes of the request body
     * @param messages length of the list of messages
     * @param depth how deep the JSON may be nested
     * @param values keys and values of the JSON, brackets included: each takes many times its bytes of memory
     */
    public record RequestLimits(int body, int messages, int depth, int values) {
        public static final RequestLimits DEFAULT = new RequestLimits(10 << 20, 2048, 64, 200_000);
    }
}
