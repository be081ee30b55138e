package org.o1api.api.chat;

import com.fasterxml.jackson.core.JsonToken;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.O1Options;
import org.o1api.api.RequestException;
import org.o1api.api.request.JsonReader;
import org.o1api.api.request.O1OptionsReader;
import org.o1api.api.request.ReasoningOptionsReader;
import org.o1api.api.request.ToolConstraints;
import org.o1api.conversation.ConversationId;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.ReasoningFormat;
import org.o1api.reasoning.Prompt;

/**
 * Reads the body of a chat completion request. Fields that cannot be honoured are rejected, values without effect count
 * as absent, and unknown fields are passed on to the provider.
 */
final class RequestReader {
    private static final Set<String> TOOL_CHOICES = Set.of("none", "auto", "required");
    private static final Set<String> DEFAULT_FUNCTION_CALLS = Set.of("none", "auto");

    /** Fields that only concern OpenAI's own service: storage, prices, caching. */
    private static final Set<String> IGNORED_FIELDS =
            Set.of("store", "service_tier", "prompt_cache_key", "prompt_cache_retention");

    private final JsonReader json;
    private final ReasoningOptionsReader reasoning;
    private final ToolReader tools;
    private final MessageReader messages;
    private final ChatCompletionRequest.Builder request = new ChatCompletionRequest.Builder();
    /** A field that other APIs have instead of {@code messages}. */
    private @Nullable String promptField;
    /** Whether the request has {@code "store": true}. */
    private boolean storeRequested;

    private RequestReader(JsonReader json, ApiSettings.RequestLimits limits) {
        this.json = json;
        reasoning = new ReasoningOptionsReader(json);
        tools = new ToolReader(json);
        messages = new MessageReader(json, tools, limits.messages());
    }

    /**
     * Reads a body.
     *
     * @throws RequestException if the body is malformed or requests something unsupported
     */
    static ChatCompletionRequest read(String body, ApiSettings.RequestLimits limits) {
        try (JsonReader json = new JsonReader(body, limits)) {
            return new RequestReader(json, limits).read();
        }
    }

    private ChatCompletionRequest read() {
        json.readBody(this::readField);
        if (request.messages.isEmpty() && promptField != null) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    promptField,
                    "This is the Chat Completions API, which expects 'messages' instead of '" + promptField
                            + "'. Send 'messages': [{\"role\": \"user\", \"content\": \"...\"}].");
        }
        if (request.messages.isEmpty()) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST, "messages", "'messages' must be a list of at least one message.");
        }
        if (request.messages.stream().allMatch(Message::isOnlyReasoning)) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "messages",
                    "'messages' contains only reasoning of earlier answers, which is not sent to the model. Add a user"
                            + " message.");
        }
        if (request.conversationId == null) {
            request.options.withoutParent(
                    ErrorCode.INVALID_REQUEST,
                    "names a turn of a conversation, but the request has none. Add '" + ConversationId.FIELD
                            + "', or leave it out.");
        }
        if (request.tools == null) {
            ToolConstraints.removeWithoutTools(request.closingFields);
        }
        if (storeRequested) {
            request.fields.remove("metadata"); // OpenAI rejects metadata without "store": true
        }
        request.effort = reasoning.effort();
        request.mode = reasoning.mode();
        request.includeReasoning = reasoning.includeReasoning();
        request.wantsReasoningField = reasoning.wantsReasoningField();
        request.includeUsage |= reasoning.includeUsage();
        return request.build();
    }

    private void readField(String name) {
        switch (name) {
            case "model" -> request.model = json.name(name);
            case "messages" -> request.messages = messages.messages(name);
            case "stream" -> json.bool(name); // handled by AcceptFilter
            case "stream_options" -> readStreamOptions();
            case "temperature" -> readNumber(name, 0, 2);
            case "top_p" -> readNumber(name, 0, 1);
            case "presence_penalty", "frequency_penalty" -> readNumber(name, -2, 2);
            case "max_tokens", "max_completion_tokens" ->
                limitTokens(new Prompt.MaxTokens(name, json.positiveInteger(name)));
            case "stop" -> readStop(name);
            case "response_format" -> readResponseFormat(name);
            case "tools" -> request.tools = tools.tools(name);
            case "tool_choice" -> readToolChoice(name);
            case "parallel_tool_calls" -> {
                json.bool(name);
                request.closingFields.put(name, json.raw());
            }
            case "reasoning_format" ->
                request.format = json.enumValue(name, ReasoningFormat.values(), ReasoningFormat::wireName);
            case ConversationId.FIELD -> request.conversationId = ConversationId.requireValid(json.string(name), name);
            case "n" -> {
                if (json.positiveInteger(name) != 1) {
                    throw unsupported(name, "'n' must be 1: this gateway returns one choice per request.");
                }
            }
            case "logprobs" -> {
                if (json.bool(name)) {
                    throw unsupported(
                            name, "'logprobs' is not supported: an answer needs several model calls. Leave it out.");
                }
            }
            case "modalities" -> readModalities(name);
            case "top_logprobs" -> {
                if (!json.isZero()) {
                    throw unsupported(
                            name,
                            "'top_logprobs' is not supported: an answer needs several model calls. Leave it out.");
                }
            }
            case "functions" -> {
                json.require(JsonToken.START_ARRAY, name, "a list");
                if (!json.raw().isEmptyList()) {
                    throw unsupported(name, "'functions' is not supported. Send 'tools' instead.");
                }
            }
            case "function_call" -> {
                // if there are functions to choose from, 'functions' is rejected
                if (json.current() != JsonToken.VALUE_STRING || !DEFAULT_FUNCTION_CALLS.contains(json.text())) {
                    throw unsupported(name, "'function_call' is not supported. Send 'tool_choice' instead.");
                }
            }
            case O1Options.FIELD -> request.options = new O1OptionsReader(json).read();
            case "audio" ->
                throw unsupported(name, "'audio' is not supported: this gateway answers in text. Leave it out.");
            default -> readOtherField(name);
        }
    }

    private void readOtherField(String name) {
        if (reasoning.read(name)) {
            return;
        }
        if (IGNORED_FIELDS.contains(name)) {
            if (name.equals("store")) {
                storeRequested = json.current() == JsonToken.VALUE_TRUE;
            }
            json.skip();
            return;
        }
        RawJson value = json.raw();
        if (!AnswerConstraints.contains(name)) {
            if (name.equals("input") || name.equals("prompt")) {
                promptField = name;
            }
            request.fields.put(name, value);
        } else if (!isWithoutEffect(name, value)) {
            request.closingFields.put(name, value);
        }
    }

    /** Whether a constraint is empty. An empty schema is not: it allows any JSON. */
    private static boolean isWithoutEffect(String name, RawJson value) {
        boolean isSchema = name.endsWith("json") || name.equals("json_schema") || name.equals("format");
        return isSchema ? value.text().equals("\"\"") : value.isEmpty();
    }

    /** Text alone is the default and omitted. Other modalities are sent with the closing call only. */
    private void readModalities(String name) {
        json.require(JsonToken.START_ARRAY, name, "a list of strings");
        int start = json.start();
        boolean onlyText = true;
        for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
            String modality = json.string(name + "[" + i + "]");
            if (modality.equals("audio")) {
                throw unsupported(name, "'modalities' must not contain \"audio\": this gateway answers in text.");
            }
            onlyText &= modality.equals("text");
        }
        if (!onlyText) {
            request.closingFields.put(name, json.rawFrom(start));
        }
    }

    /** The lower of two limits counts. */
    private void limitTokens(Prompt.MaxTokens given) {
        if (request.maxTokens == null || given.limit() < request.maxTokens.limit()) {
            request.maxTokens = given;
        }
    }

    private void readNumber(String name, double min, double max) {
        json.number(name, min, max);
        request.fields.put(name, json.raw());
    }

    private void readStop(String name) {
        int start = json.start();
        if (json.current() != JsonToken.VALUE_STRING) {
            json.require(JsonToken.START_ARRAY, name, "a string or a list of strings");
            for (int i = 0; json.next() != JsonToken.END_ARRAY; i++) {
                json.string(name + "[" + i + "]");
            }
        }
        RawJson stop = json.current() == JsonToken.END_ARRAY ? json.rawFrom(start) : json.raw();
        if (!stop.isEmpty()) {
            request.closingFields.put(name, stop);
        }
    }

    private void readResponseFormat(String name) {
        RawJson format = new ResponseFormatReader(json).format(name);
        if (format != null) {
            request.closingFields.put(name, format);
        }
    }

    private void readToolChoice(String name) {
        if (json.current() == JsonToken.VALUE_STRING && !TOOL_CHOICES.contains(json.text())) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    name,
                    "'" + name + "' must be one of none, auto, required, or an object.");
        }
        request.closingFields.put(name, json.current() == JsonToken.VALUE_STRING ? json.raw() : tools.choice(name));
    }

    private void readStreamOptions() {
        json.require(JsonToken.START_OBJECT, "stream_options", "an object");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "include_usage" -> request.includeUsage = json.bool("stream_options.include_usage");
                case "include_trace" -> request.includeTrace = json.bool("stream_options.include_trace");
                default -> json.skip();
            }
        }
    }

    private static RequestException unsupported(String param, String message) {
        return new RequestException(ErrorCode.UNSUPPORTED_VALUE, param, message);
    }
}
