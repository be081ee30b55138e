package org.o1api.api.responses;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.o1api.api.O1Options;
import org.o1api.model.Effort;
import org.o1api.model.Message;
import org.o1api.model.Mode;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;

/**
 * A validated request for a response.
 *
 * @param model null: the default preset
 * @param prompt for the provider, without the instructions
 * @param instructions the message of the field {@code instructions}, if there is one
 * @param tools the names of the request's tools
 * @param input the items of the input
 * @param reasoning the request's options for the reasoning
 * @param state what the request continues, and what is stored of it
 * @param options the field {@code x_o1}
 * @param settings what the response repeats of the request, by field, without {@code reasoning} and {@code store}
 */
record ResponseRequest(
        @Nullable String model,
        Prompt prompt,
        List<Message> instructions,
        ToolNames tools,
        InputDetails input,
        Reasoning reasoning,
        ResponseState state,
        O1Options options,
        Map<String, RawJson> settings) {
    /**
     * The field {@code reasoning}.
     *
     * @param effort null: according to the preset
     * @param summary accepted without effect, since the summary is always sent; null: not specified
     * @param context accepted without effect; null: not specified
     */
    record Reasoning(
            @Nullable Effort effort,
            Mode mode,
            boolean excluded,
            @Nullable String summary,
            @Nullable String context) {}

    /** Whether the client does not want to see the reasoning. */
    boolean excludesReasoning() {
        return reasoning.excluded;
    }

    /**
     * What the response repeats of the request, with the values that are used.
     *
     * @param effort that the request names
     */
    Map<String, RawJson> settings(@Nullable Effort effort, Mode mode, boolean store) {
        Map<String, RawJson> all = new LinkedHashMap<>(settings);
        all.put(StateReader.STORE, ResponseSettings.bool(store));
        all.put("reasoning", ResponseSettings.object(json -> {
            json.writeStringField("effort", effort == null ? null : effort.wireName());
            json.writeStringField("summary", reasoning.summary);
            json.writeStringField("mode", mode.wireName());
            if (reasoning.context != null) {
                json.writeStringField("context", reasoning.context);
            }
        }));
        return all;
    }
}
