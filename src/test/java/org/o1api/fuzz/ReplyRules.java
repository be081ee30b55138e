package org.o1api.fuzz;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.fuzz.FuzzCase.Request;

/** The rules for the reply to a client, given what the provider sent. */
final class ReplyRules {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Request errors that name the invalid field. */
    private static final Set<String> NAME_A_FIELD = Set.of("invalid_request", "unsupported_value", "model_not_found");

    private ReplyRules() {}

    /** The broken rule, or null. */
    static @Nullable String violation(FuzzCase fuzz, Request request, ClientReply reply) {
        if (fuzz.mutatesRequests) {
            return requestViolation(request, reply);
        }
        Interpretation answer = reply.answer();
        if (answer == null) {
            boolean allMustBeAnswered =
                    !request.replies().isEmpty() && request.replies().stream().allMatch(WireReply::mustBeAnswered);
            boolean timing = "upstream_timeout".equals(reply.code()); // possible on a busy machine
            return allMustBeAnswered && !timing
                    ? "no answer although every provider reply was valid: " + reply.code()
                    : null;
        }
        List<Interpretation> interpretations = new ArrayList<>();
        for (WireReply sent : request.replies()) {
            if (ReferenceReader.isAmbiguous(sent)) {
                return null;
            }
            interpretations.addAll(ReferenceReader.interpretations(sent, request.wantsJson()));
        }
        return interpretations.stream().anyMatch(interpretation -> matches(interpretation, answer, request))
                ? null
                : "an answer that no complete provider reply contains";
    }

    private static boolean matches(Interpretation expected, Interpretation actual, Request request) {
        String text = actual.text();
        boolean sameText = text.equals(expected.text())
                || (request.reasoningInContent() && !expected.text().isEmpty() && text.contains(expected.text()))
                || (request.reasoningInContent() && expected.text().isEmpty())
                // Without its Markdown fence.
                || (request.wantsJson()
                        && expected.text().contains("```")
                        && expected.text().contains(text));
        return sameText
                && actual.end() == expected.end()
                && actual.refusal().equals(expected.refusal())
                && sorted(actual.arguments()).equals(sorted(expected.arguments()));
    }

    /** The pieces of several calls may be reordered. */
    private static List<Integer> sorted(String text) {
        return Interpretation.normalized(text).chars().sorted().boxed().toList();
    }

    private static @Nullable String requestViolation(Request request, ClientReply reply) {
        if (reply.code() == null) {
            return null;
        }
        if (reply.status() == 200 || reply.status() >= 500) {
            return "a request that is neither served nor rejected: " + reply.status() + " " + reply.code();
        }
        JsonNode body;
        try {
            body = JSON.readTree(request.body());
        } catch (IOException e) {
            return reply.param() == null || reply.status() != 400 || !"invalid_json".equals(reply.code())
                    ? null
                    : "invalid JSON, but the error names a field: " + reply.param();
        }
        String param = reply.param();
        if (param == null) {
            return NAME_A_FIELD.contains(reply.code()) ? "an error that names no field: " + reply.code() : null;
        }
        return canContain(body, param) ? null : "an error that names a field which the request cannot have: " + param;
    }

    /** Whether a path leads to a value, or to a missing field of an existing object. */
    private static boolean canContain(JsonNode body, String path) {
        JsonNode node = body;
        for (String name : path.replaceAll("\\[(\\d+)\\]", ".$1").split("\\.", -1)) {
            if (!node.isContainerNode()) {
                return false;
            }
            node = node.isArray() && name.matches("\\d+") ? node.path(Integer.parseInt(name)) : node.path(name);
        }
        return true;
    }
}
