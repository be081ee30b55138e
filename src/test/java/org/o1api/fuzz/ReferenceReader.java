package org.o1api.fuzz;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.fuzz.Interpretation.End;
import org.o1api.fuzz.ReferenceHttp.Body;

/**
 * Reference implementation of the contract for provider replies (wire.md), as simple as possible: it reads whole replies into JSON
 * trees. It returns all valid interpretations of a reply as complete, none if it is truncated. If the contract leaves a choice, each
 * choice is accepted:
 * <ul>
 *   <li>Data after a finish reason may be read or not.
 *   <li>An event with a duplicate JSON key may mean anything; see {@link #isAmbiguous}.
 *   <li>Data without quotes, braces and brackets are keep-alive text; so is a JSON value that is not an object.
 *   <li>An object without choices, usage and error is skipped, unless the reply ends with it and has no finish reason.
 *   <li>A {@code message} after empty deltas may count or not.
 *   <li>A complete tool call that is repeated with its id may be a second call or a duplicate.
 *   <li>An {@code error} with an empty value may be an error or not.
 * </ul>
 */
final class ReferenceReader {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final Set<String> COMPLETE =
            Set.of("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete", "end");
    private static final Set<String> CALLS = Set.of("tool_calls", "function_call", "tool_use");
    private static final Set<String> FILTERED = Set.of("content_filter", "safety", "sensitive");
    private static final Set<String> FAILED =
            Set.of("error", "abort", "cancelled", "network_error", "insufficient_system_resource");

    private final boolean json;
    private final boolean requiresFinishReason;
    private final boolean countEmptyDeltas;
    private final Body body;
    private final List<Interpretation> interpretations = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder refusal = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    /** The arguments of each call, if a piece with an id or a name starts a new call. */
    private final List<StringBuilder> calls = new ArrayList<>();

    /** The arguments of each call, if all pieces with the same index are one call. */
    private final Map<String, StringBuilder> byIndex = new HashMap<>();

    private final Set<String> knownCalls = new HashSet<>();
    private final StringBuilder withoutDuplicates = new StringBuilder();
    private boolean answered;
    private boolean deltas;
    private @Nullable String finish;
    private boolean endsWithUnknownObject;
    private boolean ambiguous;
    private boolean failed;

    private ReferenceReader(Body body, boolean json, boolean requiresFinishReason, boolean countEmptyDeltas) {
        this.countEmptyDeltas = countEmptyDeltas;
        this.requiresFinishReason = requiresFinishReason;
        this.body = body;
        this.json = json;
    }

    /** Whether a reply has an event with a duplicate key. */
    static boolean isAmbiguous(WireReply reply) {
        return ReferenceHttp.bodies(reply).stream().anyMatch(body -> {
            ReferenceReader reader = new ReferenceReader(body, false, false, true);
            reader.read();
            return reader.ambiguous;
        });
    }

    /**
     * All valid interpretations of a reply as complete.
     *
     * @param json whether the request wants JSON
     */
    static List<Interpretation> interpretations(WireReply reply, boolean json) {
        List<Interpretation> all = new ArrayList<>();
        for (Body body : ReferenceHttp.bodies(reply)) {
            for (boolean countEmptyDeltas : new boolean[] {true, false}) {
                ReferenceReader reader =
                        new ReferenceReader(body, json, reply.requiresFinishReason(), countEmptyDeltas);
                reader.read();
                all.addAll(reader.interpretations);
            }
        }
        return all;
    }

    private void read() {
        byte[] bytes = body.bytes();
        int at = bytes.length > 2 && (bytes[0] & 0xff) == 0xef && (bytes[1] & 0xff) == 0xbb ? 3 : 0;
        while (at < bytes.length && " \t\r\n".indexOf(bytes[at]) >= 0) {
            at++;
        }
        if (at < bytes.length && bytes[at] == '{') {
            jsonText(Arrays.copyOfRange(bytes, at, bytes.length));
        } else if (at == bytes.length || bytes[at] != '<') {
            events(bytes);
        }
    }

    /** Reads a reply that is one JSON text. */
    private void jsonText(byte[] bytes) {
        JsonNode root = tree(bytes);
        if (root == null || isError(root)) {
            return;
        }
        chunk(root);
        if (!failed) {
            complete(finish);
        }
    }

    private void events(byte[] bytes) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        boolean hasData = false;
        boolean error = false;
        int at = bytes.length > 2 && (bytes[0] & 0xff) == 0xef ? 3 : 0;
        while (at <= bytes.length) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            String line = new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
            if (line.isEmpty() || end == bytes.length) {
                if (line.startsWith("data:")) { // some servers omit the last empty line
                    append(data, hasData, line.substring(5));
                    hasData = true;
                }
                if ((hasData || error) && !event(data.toByteArray(), error)) {
                    return;
                }
                data.reset();
                hasData = false;
                error = false;
            } else if (line.equals("data") || line.startsWith("data:")) {
                append(data, hasData, line.length() < 6 ? "" : line.substring(5));
                hasData = true;
            } else if (line.startsWith("event:")) {
                error = line.substring(6).strip().equals("error");
            }
            at = end + (end + 1 < bytes.length && bytes[end] == '\r' && bytes[end + 1] == '\n' ? 2 : 1);
        }
        if (finish != null && (body.complete() || answered)) {
            complete(finish);
        }
    }

    private static void append(ByteArrayOutputStream data, boolean more, String value) {
        if (more) {
            data.write('\n');
        }
        data.writeBytes((value.startsWith(" ") ? value.substring(1) : value).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads the data of an event, and returns whether the reply continues. */
    private boolean event(byte[] data, boolean error) {
        String raw = new String(data, StandardCharsets.ISO_8859_1).strip();
        if (error) {
            return false;
        }
        if (raw.startsWith("[DONE]")) {
            if (finish != null) {
                complete(finish);
            } else if (!requiresFinishReason && !endsWithUnknownObject && callsParse() && (!json || isJson())) {
                complete("stop");
            }
            return false;
        }
        if (raw.isEmpty() || !raw.matches("(?s).*[\\[\\]{}\"].*")) {
            return true;
        }
        JsonNode chunk = tree(data);
        if (chunk == null) {
            return false;
        }
        if (!chunk.isObject()) {
            return true;
        }
        if (isError(chunk)) {
            return false;
        }
        chunk(chunk);
        return !failed;
    }

    private @Nullable JsonNode tree(byte[] bytes) {
        try {
            JsonNode tree = JSON.readTree(bytes);
            try {
                STRICT.readTree(bytes);
            } catch (IOException e) {
                ambiguous = true;
            }
            return tree == null || tree.isMissingNode() ? null : tree;
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isError(JsonNode chunk) {
        JsonNode error = chunk.path("error");
        boolean empty = error.isMissingNode()
                || error.isNull()
                || (error.isContainerNode() && error.isEmpty())
                || (error.isValueNode() && (error.asText().isEmpty() || !error.asBoolean(true)));
        return !empty;
    }

    private void chunk(JsonNode chunk) {
        JsonNode choice = chunk.path("choices").path(0);
        JsonNode source = choice.path("delta");
        if (source.isObject()) {
            deltas |= countEmptyDeltas
                    || source.has("tool_calls")
                    || !textOf(source.path("content")).isEmpty();
        } else if (!deltas) {
            source = choice.path("message");
        }
        int before = text.length() + refusal.length() + arguments.length();
        JsonNode content = source.path("content");
        text.append(content.isArray() ? parts(content) : textOf(content));
        refusal.append(textOf(source.path("refusal")));
        source.path("tool_calls").forEach(this::toolCall);
        if (!chunk.has("choices") && !chunk.has("usage") && !chunk.has("error")) {
            endsWithUnknownObject = true;
        } else if (text.length() + refusal.length() + arguments.length() > before) {
            endsWithUnknownObject = false;
        }
        String reason = textOf(choice.path("finish_reason"));
        if (!reason.isEmpty()) {
            finish = reason;
            String lower = reason.toLowerCase(Locale.ROOT);
            failed = FAILED.contains(lower) || lower.startsWith("malformed");
            if (!failed && (text.length() + refusal.length() + arguments.length() > 0 || !calls.isEmpty())) {
                answered = true;
                complete(finish);
            }
        }
    }

    private static String textOf(JsonNode node) {
        return node.isTextual() ? node.textValue() : "";
    }

    private static String parts(JsonNode parts) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : parts) {
            if (!part.has("thinking")) {
                text.append(textOf(part.path("text")));
            }
        }
        return text.toString();
    }

    private void toolCall(JsonNode piece) {
        JsonNode argumentsNode = piece.path("function").path("arguments");
        String newText = argumentsNode.isObject() ? argumentsNode.toString() : textOf(argumentsNode);
        boolean startsAnother = piece.path("id").isTextual()
                || piece.path("function").path("name").isTextual();
        if (startsAnother || calls.isEmpty()) {
            calls.add(new StringBuilder());
        }
        calls.get(calls.size() - 1).append(newText);
        byIndex.computeIfAbsent(piece.path("index").toString(), index -> new StringBuilder())
                .append(newText);
        arguments.append(newText);
        String callKey = piece.path("id").asText() + newText;
        if (!parses(newText) || knownCalls.add(callKey)) {
            withoutDuplicates.append(newText);
        }
    }

    /** Whether the arguments of all calls are JSON, so none is truncated. */
    private boolean callsParse() {
        return calls.stream().allMatch(ReferenceReader::parsesOrIsEmpty)
                || byIndex.values().stream().allMatch(ReferenceReader::parsesOrIsEmpty);
    }

    private static boolean parsesOrIsEmpty(StringBuilder call) {
        return call.toString().isBlank() || parses(call.toString());
    }

    /** Whether the text is JSON; with tool calls it may be empty. */
    private boolean isJson() {
        return parses(answer()) || (answer().isBlank() && !calls.isEmpty());
    }

    private static boolean parses(String text) {
        try {
            return !JSON.readTree(text).isMissingNode();
        } catch (IOException e) {
            return false;
        }
    }

    /** The text without leading think blocks. */
    private String answer() {
        return withoutBlocks(text.toString());
    }

    private static String withoutBlocks(String text) {
        String answer = text;
        while (answer.stripLeading().startsWith("<think>")) {
            int end = answer.indexOf("</think>");
            answer = end < 0 ? "" : answer.substring(end + "</think>".length());
        }
        return answer;
    }

    private void complete(@Nullable String reason) {
        String lower = reason == null ? "stop" : reason.toLowerCase(Locale.ROOT);
        boolean done = COMPLETE.contains(lower) || CALLS.contains(lower);
        if (done) {
            add(End.COMPLETE);
        } else if (FILTERED.contains(lower)) {
            add(End.CONTENT_FILTER);
        } else {
            add(End.LENGTH);
            boolean unknown = !Set.of("length", "max_tokens", "model_length").contains(lower);
            if (unknown && json && isJson()) {
                add(End.COMPLETE);
            }
        }
    }

    private void add(End end) {
        for (String answerText : List.of(answer(), text.toString(), afterUnopenedThinkBlock())) {
            interpretations.add(new Interpretation(answerText, refusal.toString(), arguments.toString(), end));
            interpretations.add(new Interpretation(answerText, refusal.toString(), withoutDuplicates.toString(), end));
        }
    }

    /** A {@code </think>} without an opening tag may end the reasoning or be part of the text. */
    private String afterUnopenedThinkBlock() {
        int end = text.indexOf("</think>");
        return end < 0 ? text.toString() : withoutBlocks(text.substring(end + "</think>".length()));
    }
}
