package org.o1api.upstream;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.RawJson;

/**
 * Which fields an upstream's models have rejected. Later calls of the same combination leave them out if they are the gateway's own,
 * until the knowledge expires ({@code upstreams.*.relearn_after}): one request must not change others for the worse.
 */
final class RejectedFields {
    private static final System.Logger LOG = System.getLogger(RejectedFields.class.getName());

    static final String STREAM = "stream";
    static final String STREAM_OPTIONS = "stream_options";

    private static final String RESPONSE_FORMAT = "response_format";
    private static final String MAX_TOKENS = "max_tokens";
    private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

    /** The fields that may be the cause; the more telling ones before those whose names are common words. */
    private static final List<String> FIELDS = List.of(
            RESPONSE_FORMAT, STREAM_OPTIONS, "tool_choice", MAX_TOKENS, MAX_COMPLETION_TOKENS, "temperature", STREAM);

    private static final Map<String, Pattern> NAMES = Map.of(
            RESPONSE_FORMAT,
            name("response_format|json_object|json mode"),
            STREAM_OPTIONS,
            name("stream_options|include_usage"),
            "tool_choice",
            name("tool_choice"),
            MAX_TOKENS,
            name(MAX_TOKENS),
            MAX_COMPLETION_TOKENS,
            name(MAX_COMPLETION_TOKENS),
            "temperature",
            name("temperature"),
            STREAM,
            name("stream|streaming"));

    private static final Pattern PLAIN_TEXT = Pattern.compile("\\{\\s*\"type\"\\s*:\\s*\"text\"");
    private static final Pattern NEVER = Pattern.compile("(?!)");

    /** Says that a field itself is unwelcome, whatever its value. */
    private static final Pattern UNKNOWN = Pattern.compile(
            "unsupported|not supported|n't support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed"
                    + "|deprecated|invalid (?:field|parameter|argument)",
            Pattern.CASE_INSENSITIVE);

    /** What providers reject together, JSON mode with tools for instance. */
    private record Combination(String model, boolean tools, boolean json) {
        static Combination of(CallRequest request) {
            RawJson format = request.fields().get(RESPONSE_FORMAT);
            return new Combination(
                    request.model(),
                    request.fields().containsKey("tools"),
                    format != null && !PLAIN_TEXT.matcher(format.text()).find());
        }

        @Override
        public String toString() {
            return (tools ? " with tools" : "") + (json ? " with JSON output" : "");
        }
    }

    private record Known(Set<String> fields, long nanos) {}

    /** Calls of one combination at one upstream. */
    private record Kind(String upstream, Combination combination) {}

    private final String upstream;
    private final Duration relearnAfter;
    private final LongSupplier nanoTime;
    private final Map<Combination, Known> known = new ConcurrentHashMap<>();

    RejectedFields(UpstreamSettings settings, LongSupplier nanoTime) {
        upstream = settings.name();
        relearnAfter = settings.relearnAfter();
        this.nanoTime = nanoTime;
    }

    /** The other name of a field that has two; null if it has one. */
    static @Nullable String otherName(String field) {
        return switch (field) {
            case MAX_TOKENS -> MAX_COMPLETION_TOKENS;
            case MAX_COMPLETION_TOKENS -> MAX_TOKENS;
            default -> null;
        };
    }

    /** What to leave out of a request: what is known to be rejected in requests like it, by anybody or in the same turn. */
    Set<String> of(CallRequest request, CallOwner owner) {
        Combination combination = Combination.of(request);
        Known entry = known.get(combination);
        Set<String> fields = entry == null || isExpired(entry) ? new HashSet<>() : new HashSet<>(entry.fields());
        if (!owner.mayStream(new Kind(upstream, combination))) {
            fields.add(STREAM);
        }
        return fields;
    }

    /**
     * Records that a request like this one was accepted without some fields, after it had been rejected with one of them. That
     * streams were rejected counts for the turn only: the cause may be what this request contains, and others would lose what the
     * gateway is for.
     */
    void remember(CallRequest request, Set<String> leftOut, CallOwner owner) {
        Combination combination = Combination.of(request);
        Set<String> lasting = new TreeSet<>(leftOut);
        if (lasting.remove(STREAM)) {
            owner.stopStreaming(new Kind(upstream, combination));
        }
        if (lasting.isEmpty()) {
            return;
        }
        Known earlier = known.get(combination);
        if (earlier != null && !isExpired(earlier) && earlier.fields().containsAll(lasting)) {
            return; // nothing new, and its time is not extended
        }
        known.put(combination, new Known(Set.copyOf(lasting), nanoTime.getAsLong()));
        LOG.log(
                Level.INFO,
                "upstream {0} rejects {1} of model {2}{3}: left out of such requests for {4} (relearn_after)",
                upstream,
                String.join(", ", lasting),
                combination.model(),
                combination,
                Failures.text(relearnAfter));
    }

    private boolean isExpired(Known entry) {
        return nanoTime.getAsLong() - entry.nanos() >= relearnAfter.toNanos();
    }

    /**
     * The field that a request was rejected for, if the request contained it and may do without. Only the provider's own words are
     * searched: its param, code and message, and of the message no part that quotes the request.
     *
     * @return empty if there is no such field
     */
    static String named(ErrorBody error, CallRequest request, Set<String> alreadyOut) {
        List<String> candidates = FIELDS.stream()
                .filter(field -> sent(field, request, alreadyOut) && mayGo(field, error, request, alreadyOut))
                .toList();
        String param = error.param();
        if (param != null) {
            return candidates.stream()
                    .filter(field -> (param + ".").startsWith(field + "."))
                    .findFirst()
                    .orElse("");
        }
        QuotedText quoted = new QuotedText(error.statement(), request);
        return candidates.stream()
                .filter(field -> {
                    Pattern name = NAMES.getOrDefault(field, NEVER);
                    return quoted.findsOutside(name)
                            || name.matcher(String.valueOf(error.code())).find();
                })
                .findFirst()
                .orElse("");
    }

    private static boolean sent(String field, CallRequest request, Set<String> out) {
        if (out.contains(field) || (field.equals(STREAM_OPTIONS) && out.contains(STREAM))) {
            return false;
        }
        String other = otherName(field);
        return field.equals(STREAM)
                || field.equals(STREAM_OPTIONS)
                || request.fields().containsKey(field)
                || (other != null && out.contains(other) && request.fields().containsKey(other));
    }

    private static boolean mayGo(String field, ErrorBody error, CallRequest request, Set<String> out) {
        if (field.equals(STREAM) || field.equals(STREAM_OPTIONS)) {
            return true;
        }
        String other = otherName(field);
        if (other != null && !out.contains(other)) {
            // Its value goes on under the other name, but only where the name is what is wrong.
            return UNKNOWN.matcher(error.statement()).find();
        }
        return request.droppable().contains(field)
                || (other != null && request.droppable().contains(other));
    }

    private static Pattern name(String words) {
        return Pattern.compile("(?<![A-Za-z0-9_])(?:" + words + ")(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE);
    }
}
