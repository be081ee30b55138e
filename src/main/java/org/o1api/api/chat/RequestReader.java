package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.RequestException;
import org.o1api.conversation.ConversationId;
import org.o1api.llm.Content;
import org.o1api.llm.ErrorCode;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.ReasoningFormat;
import org.o1api.llm.Role;
import org.o1api.reasoning.Question;

/** Reads the body of a chat completion request. What cannot be honoured is refused, what we need not know is passed on. */
final class RequestReader {
    /** What an assistant thought earlier: shown to people, not told to the model again. */
    private static final Set<String> EARLIER_REASONING = Set.of("reasoning_content", "reasoning", "reasoning_details");

    private static final Set<String> TOOL_CHOICES = Set.of("none", "auto", "required");

    private final JsonReader json;
    private final ApiSettings.Limits limits;
    private final ChatCompletionRequest.Builder request = new ChatCompletionRequest.Builder();

    private RequestReader(JsonReader json, ApiSettings.Limits limits) {
        this.json = json;
        this.limits = limits;
    }

    /**
     * Reads a body.
     *
     * @throws RequestException when it is malformed, or asks for what cannot be had
     */
    static ChatCompletionRequest read(byte[] body, ApiSettings.Limits limits) {
        try (JsonReader json = new JsonReader(body, limits.depth())) {
            return new RequestReader(json, limits).read();
        }
    }

    private ChatCompletionRequest read() {
        if (json.next() != JsonToken.START_OBJECT) {
            throw new RequestException(ErrorCode.INVALID_JSON, null, "The request body must be a JSON object.");
        }
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            if (json.next() != JsonToken.VALUE_NULL) {
                field(field);
            }
        }
        if (json.next() != null) {
            throw new RequestException(ErrorCode.INVALID_JSON, null, "Something follows the request's JSON object.");
        }
        if (request.messages.isEmpty()) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST, "messages", "'messages' must be a list of at least one message.");
        }
        dropChoiceWithoutTools();
        return request.build();
    }

    private void field(String name) {
        switch (name) {
            case "model" -> request.model = json.string(name);
            case "messages" -> messages();
            case "stream" -> json.bool(name); // the body filter went by it
            case "stream_options" -> streamOptions();
            case "temperature" -> number(name, 0, 2);
            case "top_p" -> number(name, 0, 1);
            case "presence_penalty", "frequency_penalty" -> number(name, -2, 2);
            case "max_tokens", "max_completion_tokens" -> maxTokens(new Question.MaxTokens(name, json.positive(name)));
            case "stop" -> stop(name);
            case "response_format" -> responseFormat();
            case "tools" -> {
                json.require(JsonToken.START_ARRAY, name, "a list of tools");
                RawJson tools = json.raw();
                request.tools = isEmptyList(tools) ? null : tools;
            }
            case "tool_choice" -> toolChoice(name);
            case "parallel_tool_calls" -> {
                json.bool(name);
                request.closingFields.put(name, json.raw());
            }
            case "reasoning_effort" ->
                request.effort = word(
                        name,
                        ChatCompletionRequest.ReasoningEffort.values(),
                        effort -> effort.name().toLowerCase(Locale.ROOT));
            case "reasoning_format" -> request.format = word(name, ReasoningFormat.values(), ReasoningFormat::wireName);
            case "include_reasoning" -> includeReasoning(name);
            case ConversationId.FIELD -> request.conversation = ConversationId.checked(json.string(name), name);
            case "n" -> {
                if (json.positive(name) != 1) {
                    throw unsupported(name, "'n' must be 1: this gateway gives one choice a request.");
                }
            }
            case "logprobs" -> {
                if (json.bool(name)) {
                    throw unsupported(name, "'logprobs' cannot be had: the answer comes of several calls.");
                }
            }
            case "modalities" -> {
                RawJson modalities = json.raw();
                if (modalities.text().contains("audio")) {
                    throw unsupported(name, "'modalities' can only be [\"text\"]: this gateway answers in text.");
                }
            }
            case "top_logprobs", "audio", "functions", "function_call" ->
                throw unsupported(
                        name,
                        "'" + name + "' cannot be honoured here."
                                + (name.startsWith("function") ? " Send 'tools' and 'tool_choice' instead." : ""));
            default -> request.fields.put(name, json.raw());
        }
    }

    /** Of two bounds the tighter one counts. */
    private void maxTokens(Question.MaxTokens given) {
        if (request.maxTokens == null || given.limit() < request.maxTokens.limit()) {
            request.maxTokens = given;
        }
    }

    private void number(String name, double min, double max) {
        json.number(name, min, max);
        request.fields.put(name, json.raw());
    }

    private void stop(String name) {
        if (json.current() != JsonToken.VALUE_STRING) {
            json.require(JsonToken.START_ARRAY, name, "a string or a list of strings");
        }
        RawJson stop = json.raw();
        try (JsonReader inner = inner(stop)) {
            if (inner.next() == JsonToken.START_ARRAY) {
                for (int i = 0; inner.next() != JsonToken.END_ARRAY; i++) {
                    inner.string(name + "[" + i + "]");
                }
            }
        }
        request.closingFields.put(name, stop);
    }

    private void toolChoice(String name) {
        if (json.current() == JsonToken.VALUE_STRING && !TOOL_CHOICES.contains(json.text())) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    name,
                    "'" + name + "' must be one of none, auto, required, or an object.");
        }
        if (json.current() != JsonToken.VALUE_STRING) {
            json.require(JsonToken.START_OBJECT, name, "a string or an object");
        }
        request.closingFields.put(name, json.raw());
    }

    /** Without tools there is nothing to choose; providers refuse a choice then. */
    private void dropChoiceWithoutTools() {
        if (request.tools != null) {
            return;
        }
        request.closingFields.remove("parallel_tool_calls");
        RawJson choice = request.closingFields.remove("tool_choice");
        if (choice != null
                && !choice.text().equals("\"none\"")
                && !choice.text().equals("\"auto\"")) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST, "tool_choice", "'tool_choice' asks for a tool, but 'tools' has none.");
        }
    }

    private <T> T word(String name, T[] all, Function<T, String> wireName) {
        String given = json.string(name);
        List<String> words = new ArrayList<>();
        for (T one : all) {
            words.add(wireName.apply(one));
            if (wireName.apply(one).equals(given)) {
                return one;
            }
        }
        throw new RequestException(
                ErrorCode.INVALID_REQUEST, name, "'" + name + "' must be one of " + String.join(", ", words) + ".");
    }

    private void includeReasoning(String name) {
        boolean wanted = json.bool(name);
        if (request.format == null && !wanted) {
            request.format = ReasoningFormat.NONE;
        }
    }

    private static boolean isEmptyList(RawJson list) {
        return list.text().substring(1, list.text().length() - 1).isBlank();
    }

    private void streamOptions() {
        json.require(JsonToken.START_OBJECT, "stream_options", "an object");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            json.next();
            if (field.equals("include_usage") && json.current() != JsonToken.VALUE_NULL) {
                request.includeUsage = json.bool("stream_options.include_usage");
            } else {
                json.skip();
            }
        }
    }

    private void responseFormat() {
        json.require(JsonToken.START_OBJECT, "response_format", "an object");
        RawJson format = json.raw();
        String type = typeOf(format);
        switch (type) {
            case "text" -> {} // what we ask for anyway
            case "json_object", "json_schema" -> {
                request.wantsJson = true;
                request.closingFields.put("response_format", format);
            }
            default ->
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        "response_format.type",
                        "'response_format.type' must be one of text, json_object, json_schema.");
        }
    }

    private String typeOf(RawJson object) {
        try (JsonReader inner = inner(object)) {
            inner.next();
            for (String field = inner.nextField(); field != null; field = inner.nextField()) {
                inner.next();
                if (field.equals("type")) {
                    return inner.string("response_format.type");
                }
                inner.skip();
            }
        }
        return "";
    }

    private JsonReader inner(RawJson value) {
        return new JsonReader(value.text().getBytes(java.nio.charset.StandardCharsets.UTF_8), limits.depth());
    }

    private void messages() {
        json.require(JsonToken.START_ARRAY, "messages", "a list of messages");
        List<Message> messages = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            if (messages.size() == limits.messages()) {
                throw new RequestException(
                        ErrorCode.INVALID_REQUEST,
                        "messages",
                        "'messages' has more than " + limits.messages()
                                + " entries, the most that this gateway takes (limits.messages).");
            }
            messages.add(message("messages[" + messages.size() + "]"));
        }
        request.messages = messages;
    }

    private Message message(String path) {
        json.require(JsonToken.START_OBJECT, path, "an object");
        @Nullable Role role = null;
        @Nullable Content content = null;
        Map<String, RawJson> fields = new LinkedHashMap<>();
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            if (json.next() == JsonToken.VALUE_NULL) {
                continue;
            }
            switch (field) {
                case "role" -> role = word(path + ".role", Role.values(), Role::wireName);
                case "content" -> content = content(path + ".content");
                default -> fields.put(field, json.raw());
            }
        }
        if (role == null) {
            throw new RequestException(ErrorCode.INVALID_REQUEST, path + ".role", "'" + path + ".role' is missing.");
        }
        if (role == Role.ASSISTANT) {
            fields.keySet().removeAll(EARLIER_REASONING);
            content = withoutThinking(content);
        } else if (content == null) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST, path + ".content", "'" + path + ".content' is missing.");
        }
        if (role.instructs() && content instanceof Content.Parts parts) {
            requireText(parts, path);
        }
        return new Message(role, content, fields);
    }

    /** What an assistant thought earlier, where it stands in the content. */
    private static @Nullable Content withoutThinking(@Nullable Content content) {
        if (content instanceof Content.Text said && said.text().stripLeading().startsWith("<think>")) {
            int end = said.text().indexOf("</think>");
            return end < 0
                    ? content
                    : new Content.Text(
                            said.text().substring(end + "</think>".length()).stripLeading());
        }
        return content;
    }

    private Content content(String path) {
        if (json.current() == JsonToken.VALUE_STRING) {
            return new Content.Text(json.text());
        }
        json.require(JsonToken.START_ARRAY, path, "a string or a list of parts");
        return new Content.Parts(json.raw());
    }

    /** Instructions join our own in one text, so each part of them must be text. */
    private void requireText(Content.Parts content, String path) {
        try (JsonReader parts = inner(content.json())) {
            parts.next();
            for (int i = 0; parts.next() != JsonToken.END_ARRAY; i++) {
                String part = path + ".content[" + i + "]";
                parts.require(JsonToken.START_OBJECT, part, "an object");
                boolean text = false;
                for (String field = parts.nextField(); field != null; field = parts.nextField()) {
                    parts.next();
                    if (field.equals("text")) {
                        parts.string(part + ".text");
                        text = true;
                    } else {
                        parts.skip();
                    }
                }
                if (!text) {
                    throw new RequestException(
                            ErrorCode.INVALID_REQUEST,
                            part,
                            "'" + part + "' must be a text part: instructions are text.");
                }
            }
        }
    }

    private static RequestException unsupported(String param, String message) {
        return new RequestException(ErrorCode.UNSUPPORTED_VALUE, param, message);
    }
}
