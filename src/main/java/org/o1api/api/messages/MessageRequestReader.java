package org.o1api.api.messages;

import static org.o1api.api.RequestException.require;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.O1Options;
import org.o1api.api.RequestException;
import org.o1api.api.request.Fields;
import org.o1api.api.request.JsonReader;
import org.o1api.api.request.O1OptionsReader;
import org.o1api.api.request.ReasoningOptionsReader;
import org.o1api.json.JsonSlice;
import org.o1api.json.JsonSlices;
import org.o1api.model.Effort;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;

/**
 * Reads the body of a request for a message. Since clients of this API repeat rejected requests, little is rejected. Unknown fields are
 * accepted and never sent to the provider.
 */
final class MessageRequestReader {
    private static final String EFFORT = "output_config.effort";
    /** The maximum length of {@code user} in OpenAI's API. */
    private static final int MAX_USER = 64;

    private final JsonReader json;
    private final int maxMessages;
    private final ReasoningOptionsReader reasoning;
    private final ToolsReader tools = new ToolsReader();
    private final Map<String, RawJson> fields = new LinkedHashMap<>();
    private final Map<String, RawJson> closingFields = new LinkedHashMap<>();
    private @Nullable String model;
    private @Nullable JsonSlice system;
    private @Nullable List<JsonSlice> messages;
    private @Nullable RawJson toolChoice;
    private @Nullable Effort effort;
    private Prompt.@Nullable MaxTokens maxTokens;
    private O1Options options = O1Options.NONE;

    private MessageRequestReader(JsonReader json, ApiSettings.RequestLimits limits) {
        this.json = json;
        maxMessages = limits.messages();
        reasoning = new ReasoningOptionsReader(json, true);
    }

    /**
     * Reads a body.
     *
     * @param signatures opens the signatures of earlier thinking blocks, if they are of the gateway for this caller
     * @throws RequestException if the body is malformed or requests something unsupported
     */
    static MessageRequest read(
            String body, ApiSettings.RequestLimits limits, Function<List<String>, Map<String, String>> signatures) {
        try (JsonReader json = new JsonReader(body, limits)) {
            return new MessageRequestReader(json, limits).read(signatures);
        }
    }

    private MessageRequest read(Function<List<String>, Map<String, String>> signatures) {
        json.readBody(this::readField);
        if (messages == null) {
            throw RequestException.missing("messages");
        }
        if (toolChoice != null) {
            tools.choose(toolChoice, closingFields);
        }
        tools.removeConstraintsWithoutTools(closingFields);
        List<Message> prompt = new MessagesReader(signatures).read(system, messages);
        if (prompt.stream()
                .allMatch(message -> message.isOnlyReasoning() || message.role().isInstruction())) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "messages",
                    "'messages' contains nothing that is sent to the model. Add a user message.");
        }
        return new MessageRequest(
                model,
                new Prompt(prompt, fields, tools.provided(), closingFields, maxTokens),
                effort(),
                options,
                thinking());
    }

    /** The switch takes precedence over the effort, and that over the number of tokens. */
    private @Nullable Effort effort() {
        return effort == null || reasoning.effort() == Effort.NONE ? reasoning.effort() : effort;
    }

    private MessageRequest.Thinking thinking() {
        if (reasoning.effort() == Effort.NONE) {
            return MessageRequest.Thinking.DISABLED;
        }
        RawJson display = reasoning.other("display");
        return display != null && JsonSlices.string(display).equals("omitted")
                ? MessageRequest.Thinking.OMITTED
                : MessageRequest.Thinking.SHOWN;
    }

    private void readField(String name) {
        switch (name) {
            case "model" -> model = json.name(name);
            case "system" -> system = json.slice();
            case "messages" -> messages = list(name);
            case "stream" -> json.bool(name); // handled by AcceptFilter
            case "max_tokens" -> maxTokens = new Prompt.MaxTokens(name, json.positiveInteger(name));
            case "stop_sequences" -> readStop(name);
            case "temperature" -> {
                json.number(name, 0, 2);
                fields.put(name, json.raw());
            }
            case "top_p" -> {
                json.number(name, 0, 1);
                fields.put(name, json.raw());
            }
            case "top_k" -> {
                json.integer(name, 0);
                fields.put(name, json.raw());
            }
            case "thinking" -> reasoning.read(name);
            case "output_config" -> readOutputConfig(name);
            case "output_format" -> readFormat(new Fields(json.raw(), name));
            case "tools" -> {
                json.require(JsonToken.START_ARRAY, name, "a list of tools");
                tools.read(json.raw(), name);
            }
            case "tool_choice" -> toolChoice = json.raw();
            case "metadata" -> readMetadata(new Fields(json.raw(), name));
            case O1Options.FIELD ->
                options = new O1OptionsReader(json)
                        .read()
                        .withoutParent(
                                ErrorCode.UNSUPPORTED_VALUE,
                                "is not supported by the Messages API, which stores no turns. Send the messages to continue.");
            default -> json.skip();
        }
    }

    private List<JsonSlice> list(String name) {
        json.require(JsonToken.START_ARRAY, name, "a list of messages");
        List<JsonSlice> all = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            if (all.size() == maxMessages) {
                throw RequestException.tooManyMessages(name, maxMessages);
            }
            all.add(json.slice());
        }
        return all;
    }

    private void readStop(String name) {
        json.require(JsonToken.START_ARRAY, name, "a list of strings");
        int start = json.start();
        int count = 0;
        while (json.next() != JsonToken.END_ARRAY) {
            json.string(name + "[" + count++ + "]");
        }
        if (count > 0) {
            closingFields.put("stop", json.rawFrom(start));
        }
    }

    private void readOutputConfig(String name) {
        json.require(JsonToken.START_OBJECT, name, "an object such as {\"effort\": \"high\"}");
        for (String field = json.nextField(); field != null; field = json.nextField()) {
            switch (field) {
                case "effort" ->
                    effort = Effort.fromWireName(json.string(EFFORT)).orElse(null);
                case "format" -> readFormat(new Fields(json.raw(), name + ".format"));
                default -> json.skip();
            }
        }
    }

    /** The schema of an answer that must be JSON. */
    private void readFormat(Fields format) {
        require(format.requiredString("type").equals("json_schema"), format.path("type"), "json_schema");
        RawJson schema = format.object("schema");
        if (schema == null) {
            throw RequestException.missing(format.path("schema"));
        }
        closingFields.put(
                "response_format",
                new RawJson("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"answer\",\"schema\":" + schema.text()
                        + ",\"strict\":true}}"));
    }

    /** OpenAI's providers limit the length of the name; Claude Code sends a longer one, with IDs of the user's device and account. */
    private void readMetadata(Fields metadata) {
        String user = metadata.string("user_id");
        if (user != null && !user.isEmpty()) {
            byte[] utf8 = user.getBytes(StandardCharsets.UTF_8);
            String name = user.length() <= MAX_USER
                    ? user
                    : UUID.nameUUIDFromBytes(utf8).toString();
            fields.put("user", new RawJson(JsonSlices.quoted(name)));
        }
    }
}
