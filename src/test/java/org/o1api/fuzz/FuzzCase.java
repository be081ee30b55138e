package org.o1api.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.o1api.testing.FakeUpstream;

/**
 * One or two requests and the provider's replies, generated from a seed. The same seed generates the same bytes, but timing and the
 * order relative to other requests may differ.
 */
final class FuzzCase {
    /** Markers in the step prompt and the answer prompt, by which the provider recognizes the kind of call. */
    static final String STEP_PROMPT = "FUZZ-STEP";

    static final String ANSWER_PROMPT = "FUZZ-ANSWER";

    /** Marker in the URL of an upstream that requires finish reasons. */
    static final String REQUIRES_FINISH_REASON = "needs-reason";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PRESETS = List.of("once", "once", "once", "once", "again", "spare");
    private static final List<String> FORMATS = List.of(
            "reasoning_content", "reasoning_content", "reasoning", "both", "none", "think", "markdown", "details");

    /**
     * One request and its replies.
     *
     * @param wantsJson whether it requests JSON
     * @param reasoningInContent whether the content also contains the reasoning
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(byte[] body, boolean wantsJson, boolean reasoningInContent, List<WireReply> replies) {}

    final long seed;
    final String tag;
    /** Whether the requests are mutated instead of the replies. */
    final boolean mutatesRequests;

    final List<Request> requests = new ArrayList<>();
    private final SplittableRandom random;
    private int calls;
    private int current;

    FuzzCase(long seed) {
        this.seed = seed;
        tag = HexFormat.of().toHexDigits(seed);
        random = new SplittableRandom(seed);
        mutatesRequests = random.nextInt(4) == 0;
        boolean conversation = random.nextInt(4) == 0;
        for (int i = 0; i <= (conversation ? 1 : 0); i++) {
            requests.add(request(conversation));
        }
    }

    private Request request(boolean conversation) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", pick(PRESETS));
        boolean json = random.nextInt(5) == 0;
        String format = pick(FORMATS);
        ArrayNode messages = body.putArray("messages");
        if (random.nextInt(3) == 0) {
            messages.addObject()
                    .put("role", pick(List.of("system", "developer")))
                    .put("content", "Be brief.");
        }
        if (!conversation && random.nextInt(4) == 0) {
            messages.addObject().put("role", "user").put("content", "Hello?");
            messages.addObject().put("role", "assistant").put("content", "Hi.").put("reasoning_content", "A greeting.");
        }
        messages.addObject().put("role", "user").put("content", "fz-" + tag + "-" + requests.size() + " Is it so?");
        body.put("stream", random.nextInt(3) != 0);
        if (random.nextInt(3) == 0) {
            body.putObject("stream_options").put("include_usage", random.nextBoolean());
        }
        body.put("reasoning_effort", pick(List.of("none", "none", "minimal", "low")));
        body.put("reasoning_format", format);
        if (json) {
            body.putObject("response_format").put("type", "json_object");
        }
        if (random.nextInt(4) == 0) {
            ObjectNode tool = body.putArray("tools").addObject().put("type", "function");
            tool.putObject("function")
                    .put("name", "weather")
                    .putObject("parameters")
                    .put("type", "object");
            body.put("tool_choice", "auto");
        }
        if (conversation) {
            body.put("conversation_id", "fuzz-" + tag);
        }
        if (random.nextInt(4) == 0) {
            body.put("temperature", 0.5)
                    .put("stop", "###")
                    .put("user", "someone")
                    .put("max_tokens", 4000);
        }
        boolean embedded = List.of("think", "markdown", "details").contains(format);
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        return new Request(mutatesRequests ? mutated(body.toString()) : bytes, json, embedded, new ArrayList<>());
    }

    private byte[] mutated(String body) {
        String text = body;
        JsonMutator mutator = new JsonMutator(random);
        for (int i = random.nextInt(3); i >= 0; i--) {
            text = mutator.mutate(text);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(3) != 0) {
            return bytes;
        }
        List<WireReply.Piece> slices = Mutation.slices(bytes, random);
        Mutation mutation = pick(List.of(Mutation.values()));
        byte[] other = pick(List.of("\"", "{", "}", "]", ",", "\\", "\u0000", "\u00ff", "\n", "1e9", "null"))
                .getBytes(StandardCharsets.ISO_8859_1);
        mutation.apply(slices, random.nextInt(slices.size()), random, () -> new WireReply.Piece(other, 0));
        return WireReply.join(slices);
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Starts a request: the following calls belong to it. */
    synchronized Request startRequest(int number) {
        current = number;
        return requests.get(number);
    }

    /** The reply to the next call. */
    synchronized WireReply reply(FakeUpstream.Request call) {
        WireReply reply = reply(
                new SplittableRandom(seed * 0x9e3779b97f4a7c15L + ++calls),
                traits(call),
                call.target().contains(REQUIRES_FINISH_REASON));
        requests.get(current).replies.add(reply);
        return reply;
    }

    private WireReply reply(SplittableRandom chance, IntendedReply.CallTraits traits, boolean requiresFinishReason) {
        boolean mutated = !mutatesRequests && chance.nextInt(10) < 6;
        IntendedReply intended = IntendedReply.of(traits, !mutatesRequests, chance);
        return new ReplyMutator(chance, requiresFinishReason).reply(intended, mutated);
    }

    private IntendedReply.CallTraits traits(FakeUpstream.Request call) {
        boolean step = call.text().contains(STEP_PROMPT) && !call.lastMessage().contains(ANSWER_PROMPT);
        return new IntendedReply.CallTraits(
                step, call.asksForJson(), !step && call.body().has("tools"), tag);
    }

    /** The whole case as text, for a finding. */
    synchronized String describe() {
        StringBuilder text = new StringBuilder("seed " + seed);
        for (Request request : requests) {
            text.append("\n  request ").append(WireReply.javaLiteral(request.body));
            request.replies.forEach(reply -> text.append("\n    reply ").append(reply));
        }
        return text.toString();
    }
}
