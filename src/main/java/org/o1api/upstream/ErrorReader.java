package org.o1api.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads errors in the formats of all known providers. Providers wrap each other's errors, as objects and as text, so the innermost
 * one wins: inner values are read first, and the first value found is kept.
 */
final class ErrorReader {
    private static final int MAX_TEXT_LENGTH = 2000;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DETAILS = 5;

    /** The keys of messages, the more specific ones first. */
    private static final List<String> MESSAGE_KEYS = List.of(
            "message",
            "detail",
            "msg",
            "error_msg",
            "error_message",
            "errorMessage",
            "status_msg",
            "error_description",
            "description");

    private static final List<String> ERROR_KEYS = List.of("error", "message", "detail", "errors", "loc", "base_resp");

    private static final List<String> STATUS_KEYS = List.of(
            "status_code",
            "statusCode",
            "http_status",
            "http_status_code",
            "http_code",
            "code",
            "status",
            "error_code",
            "param"); // one-api

    private static final List<String> PARAM_KEYS =
            List.of("param", "field", "path", "property", "parameter", "pointer");
    private static final List<String> RETRY_AFTER_KEYS =
            List.of("retry_after", "retryAfter", "retry_after_seconds", "Retry-After", "retry-after");
    private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");
    private static final Pattern NOT_A_CODE =
            Pattern.compile("|none|null|error|0|[1-5]\\d\\d", Pattern.CASE_INSENSITIVE);

    private static final Pattern JSON_START = Pattern.compile("^\\[|\\{\\s*\"");

    private @Nullable String message;
    private @Nullable String param;
    private @Nullable String code;
    private @Nullable String type;
    private int status;
    private @Nullable Duration retryAfter;

    private ErrorReader() {}

    static ProviderErrorBody read(String body) {
        String text = ErrorText.ofBody(body);
        if (text.isEmpty() || text.startsWith("<")) { // HTML
            return ProviderErrorBody.EMPTY;
        }
        ErrorReader reader = new ErrorReader();
        JsonNode json = PartialJson.read(text);
        boolean isPlainText = json == null && !ErrorText.looksLikeJson(text);
        if (json != null) {
            reader.visit(json, 0);
        } else if (!isPlainText) {
            reader.readText(text, 0);
        }
        if (isPlainText) {
            ValidationError validation = ValidationError.find(ErrorText.truncate(text));
            reader.message = validation == null ? null : validation.message();
            reader.param = validation == null ? null : validation.param();
        }
        String message = reader.message;
        String errorText =
                message != null ? message : isPlainText ? ValidationError.withoutInput(ErrorText.truncate(text)) : "";
        return new ProviderErrorBody(
                errorText.substring(0, Math.min(errorText.length(), MAX_TEXT_LENGTH)),
                message,
                reader.param,
                reader.code,
                reader.type,
                reader.status,
                reader.retryAfter);
    }

    private void visit(JsonNode node, int depth) {
        if (depth > MAX_DEPTH) {
            return;
        }
        if (node.isTextual()) {
            readText(node.textValue(), depth);
        } else if (node.isArray()) {
            readList(node, depth);
        } else if (node.isObject()) {
            readObject(node, depth);
        }
    }

    private void readObject(JsonNode node, int depth) {
        JsonNode error = node.path("error");
        if (error.isContainerNode()) {
            visit(error, depth + 1);
        }
        visit(node.path("metadata").path("raw"), depth + 1); // OpenRouter: the provider's own body
        visit(node.path("choices").path(0).path("error"), depth + 1);
        JsonNode result = node.path("base_resp");
        if (result.isObject()) {
            readMiniMax(result);
        }
        for (String name : MESSAGE_KEYS) {
            if (message == null) {
                visit(node.path(name), depth + 1);
            }
        }
        if (error.isTextual()) {
            if (message == null) {
                readText(error.textValue(), depth + 1);
            } else {
                type = type == null ? wordOf(error) : type;
            }
        }
        visit(node.path("x_groq").path("error"), depth + 1);
        readDetails(node.path("details"), depth);
        for (String name : List.of("detail", "errors")) {
            if (node.path(name).isArray()) { // they name the field, even if there is also a message
                readList(node.path(name), depth + 1);
            }
        }
        readValues(node);
    }

    /** Reads the scalar members of an error. */
    private void readValues(JsonNode node) {
        for (String name : STATUS_KEYS) {
            if (status == 0 && STATUS.matcher(node.path(name).asText("")).matches()) {
                status = node.path(name).asInt();
            }
        }
        code = code == null ? wordOf(node.path("code")) : code;
        code = code == null ? wordOf(node.path("error_code")) : code;
        for (String name : List.of("type", "error_type", "status")) {
            type = type == null ? wordOf(node.path(name)) : type;
        }
        if (param == null) {
            param = wordOf(node.path("param"));
        }
        for (String name : RETRY_AFTER_KEYS) {
            setRetryAfter(RetryAfter.parse(node.path(name).asText(null), Instant.now()));
        }
        JsonNode millis = node.path("retry_after_ms");
        setRetryAfter(RetryAfter.millis(millis.asText(null)));
        JsonNode headers = node.path("metadata").path("headers");
        headers.fieldNames()
                .forEachRemaining(name -> setRetryAfter(
                        RetryAfter.ofHeader(name, headers.path(name).asText(null))));
    }

    private void setRetryAfter(@Nullable Duration wait) {
        retryAfter = retryAfter == null ? wait : retryAfter;
    }

    /** A text or a number that is not an HTTP status. */
    private static @Nullable String wordOf(JsonNode node) {
        if (!node.isTextual() && !node.isNumber()) {
            return null;
        }
        String text = node.asText().strip();
        return NOT_A_CODE.matcher(text).matches() ? null : text;
    }

    private void readMiniMax(JsonNode result) {
        int number = result.path("status_code").asInt();
        if (number != 0) {
            code = number == 1039 ? ContextLength.CODE : String.valueOf(number);
            status = ErrorStatus.ofMiniMax(number);
            visit(result.path("status_msg"), MAX_DEPTH);
        }
    }

    /** A list of errors: Gemini's with one entry, or a validator's. */
    private void readList(JsonNode items, int depth) {
        StringJoiner all = new StringJoiner("; ");
        int count = 0;
        for (JsonNode item : items) {
            if (item.has("error")) {
                visit(item, depth + 1);
            } else if (count++ < MAX_DETAILS) {
                String field = fieldOf(item);
                String itemMessage = messageOf(item, depth);
                param = param == null ? field : param;
                code = code == null ? wordOf(item.path("code")) : code;
                if (itemMessage != null) {
                    all.add(field == null || items.size() == 1 ? itemMessage : field + ": " + itemMessage);
                }
            }
        }
        if (message == null && all.length() > 0) {
            message = all.toString();
        }
    }

    private @Nullable String messageOf(JsonNode item, int depth) {
        ErrorReader inner = new ErrorReader();
        if (item.isTextual()) {
            inner.readText(item.textValue(), depth + 1);
        }
        for (String name : MESSAGE_KEYS) {
            if (inner.message == null && item.path(name).isTextual()) {
                inner.readText(item.path(name).textValue(), depth + 1);
            }
        }
        return inner.message;
    }

    private static @Nullable String fieldOf(JsonNode item) {
        JsonNode location = item.path("loc");
        if (location.isArray()) {
            List<String> segments = new ArrayList<>();
            location.forEach(segment -> segments.add(segment.asText()));
            return FieldPath.of(segments);
        }
        for (String name : PARAM_KEYS) {
            if (item.path(name).isTextual()) {
                return wordOf(item.path(name));
            }
        }
        return location.isTextual() ? wordOf(location) : null;
    }

    /** Reads Google's {@code details}. */
    private void readDetails(JsonNode details, int depth) {
        if (details.isTextual() && message == null) {
            readText(details.textValue(), depth + 1);
        }
        for (JsonNode detail : details) {
            JsonNode delay = detail.path("retryDelay");
            setRetryAfter(RetryAfter.parse(delay.path("seconds").asText(delay.asText(null)), Instant.now()));
            for (JsonNode violation : detail.path("fieldViolations")) {
                param = param == null ? wordOf(violation.path("field")) : param;
            }
        }
    }

    /** Whether JSON in a message is an error, and not a quoted part of the request. */
    private static boolean isError(JsonNode json) {
        JsonNode node = json.isArray() ? json.path(0) : json;
        return ERROR_KEYS.stream().anyMatch(node::has);
    }

    /** Reads a message, which may be the JSON or text of another error. */
    private void readText(String given, int depth) {
        String text = ErrorText.ofMessage(given);
        if (text.isEmpty() || depth > MAX_DEPTH + 1) {
            return;
        }
        Matcher start = JSON_START.matcher(text);
        JsonNode json = start.find() ? PartialJson.read(text.substring(start.start())) : null;
        if (json != null && isError(json)) {
            visit(json, depth + 1);
        }
        if (message != null) {
            return;
        }
        ValidationError validation = ValidationError.find(text);
        if (validation != null) {
            param = param == null ? validation.param() : param;
            message = validation.message();
        } else if (!ErrorText.looksLikeJson(text)) {
            message = ValidationError.withoutInput(text).strip();
        }
    }
}
