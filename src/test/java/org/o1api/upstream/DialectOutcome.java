package org.o1api.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

/** The outcome of a reply: its deltas, joined by kind, and how it ended. */
final class DialectOutcome {
    static final List<String> KEYS = List.of(
            "text",
            "reasoning",
            "refusal",
            "image",
            "tool",
            "finish",
            "usage",
            "failure",
            "code",
            "param",
            "message",
            "retryable",
            "retry after");
    /** Facts that are compared only if a row contains them. */
    private static final Set<String> OPTIONAL = Set.of("usage", "code", "param", "message", "retryable", "retry after");

    private static final String MADE_UP_ID = "call_[0-9a-f]{32}";

    /** A tool call with its joined pieces. */
    private static final class JoinedToolCall {
        private @Nullable String id;
        private @Nullable String name;
        private final StringBuilder arguments = new StringBuilder();
        private final Map<String, RawJson> fields = new TreeMap<>();

        void add(Delta.ToolCall piece) {
            id = id == null ? piece.id() : id;
            name = name == null ? piece.name() : name;
            arguments.append(piece.arguments());
            fields.putAll(piece.fields());
        }

        @Override
        public String toString() {
            String shownId = id != null && id.matches(MADE_UP_ID) ? "*" : String.valueOf(id);
            return shownId + " " + name + " " + arguments + (fields.isEmpty() ? "" : " " + fields);
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final StringBuilder images = new StringBuilder();
    private final Map<Integer, JoinedToolCall> tools = new TreeMap<>();
    private final StringBuilder ending = new StringBuilder();
    private final DialectRow row;

    private DialectOutcome(DialectRow row) {
        this.row = row;
    }

    /** Makes a row's call and returns the outcome: one fact a line, in the order of {@link #KEYS}. */
    static String of(HttpUpstream upstream, CallRequest request, DialectRow row) {
        DialectOutcome outcome = new DialectOutcome(row);
        try (Call call = upstream.open(request, new CallContext(new Cancellation()))) {
            for (Delta delta : call) {
                outcome.add(delta);
            }
            outcome.addEnding("finish", call.finishReason().wireName());
            Usage usage = call.usage();
            outcome.addEnding(
                    "usage",
                    usage.inputTokens() + " " + usage.cachedTokens() + " " + usage.outputTokens() + " "
                            + usage.reasoningTokens());
        } catch (UpstreamException e) {
            outcome.addEnding(e);
        }
        return outcome.lines();
    }

    private void add(Delta delta) {
        if (delta instanceof Delta.Text piece) {
            text.append(piece.text());
        } else if (delta instanceof Delta.Reasoning piece) {
            reasoning.append(piece.text());
        } else if (delta instanceof Delta.Refusal piece) {
            refusal.append(piece.text());
        } else if (delta instanceof Delta.Image image) {
            images.append("image: ").append(image.json()).append('\n');
        } else if (delta instanceof Delta.ToolCall piece) {
            tools.computeIfAbsent(piece.index(), index -> new JoinedToolCall()).add(piece);
        }
    }

    private void addEnding(UpstreamException failure) {
        addEnding("failure", String.valueOf(failure.code().status()));
        addEnding("code", failure.wireCode());
        addEnding("param", String.valueOf(failure.param()));
        String message = String.valueOf(failure.getMessage());
        List<String> expectedMessages = row.expected().getOrDefault("message", List.of());
        addEnding(
                "message",
                expectedMessages.stream().filter(message::contains).findFirst().orElse(message));
        addEnding("retryable", failure.retryable() ? "yes" : "no");
        addEnding("retry after", String.valueOf(failure.retryAfter()));
    }

    private void addEnding(String key, String value) {
        if (!OPTIONAL.contains(key) || row.expected().containsKey(key)) {
            ending.append(key).append(": ").append(value).append('\n');
        }
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        append(lines, "text", text);
        append(lines, "reasoning", reasoning);
        append(lines, "refusal", refusal);
        lines.append(images);
        tools.values().forEach(tool -> lines.append("tool: ").append(tool).append('\n'));
        return lines.append(ending).toString();
    }

    private static void append(StringBuilder lines, String key, StringBuilder value) {
        if (!value.isEmpty()) {
            lines.append(key).append(": ").append(shown(value.toString())).append('\n');
        }
    }

    /** A text unchanged, or as a JSON string if it does not fit on one line. */
    private static String shown(String text) {
        try {
            boolean plain = text.strip().equals(text) && text.lines().count() == 1 && !text.startsWith("\"");
            return plain ? text : DialectRow.JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
