package org.o1api.upstream;

import java.util.regex.Pattern;
import org.o1api.model.RawJson;

/**
 * The features of a request that decide which of its fields a provider rejects, for instance JSON mode together with tools.
 *
 * @param tools whether the request has tools
 * @param json whether the request demands JSON
 */
record FeatureCombination(boolean tools, boolean json) {
    private static final Pattern PLAIN_TEXT = Pattern.compile("\\{\\s*\"type\"\\s*:\\s*\"text\"");

    static FeatureCombination of(CallRequest request) {
        RawJson format = request.fields().get("response_format");
        return new FeatureCombination(
                request.fields().containsKey("tools"),
                format != null && !PLAIN_TEXT.matcher(format.text()).find());
    }

    @Override
    public String toString() {
        return (tools ? " with tools" : "") + (json ? " with JSON output" : "");
    }
}
