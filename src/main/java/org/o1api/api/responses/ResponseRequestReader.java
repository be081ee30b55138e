package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.o1api.api.ApiSettings;
import org.o1api.api.O1Options;
import org.o1api.api.RequestException;
import org.o1api.api.TurnSelection;
import org.o1api.api.request.Fields;
import org.o1api.api.request.JsonReader;
import org.o1api.api.request.Metadata;
import org.o1api.api.request.O1OptionsReader;
import org.o1api.api.request.ReasoningOptionsReader;
import org.o1api.api.request.ToolConstraints;
import org.o1api.json.Json;
import org.o1api.json.JsonSlices;
import org.o1api.model.ErrorCode;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.reasoning.Prompt;

/**
 * Reads the body of a request for a response. Fields that cannot be honoured are rejected. Unknown fields are accepted and never sent to
 * the provider.
 */
final class ResponseRequestReader {
    /** The maximum length of identifiers in OpenAI's API. */
    private static final int MAX_IDENTIFIER = 64;

    private static final String ADDITIONAL_TOOLS = "additional_tools";
    private static final Set<String> SUMMARIES = Set.of("auto", "concise", "detailed");
    private static final Set<String> CONTEXTS = Set.of("auto", "current_turn", "all_turns");

    private final JsonReader json;
    private final int maxItems;
    private final ReasoningOptionsReader reasoning;
    private final Map<String, RawJson> settings = ResponseSettings.defaults();
    private final StateReader state;
    private final Map<String, RawJson> fields = new LinkedHashMap<>();
    private final Map<String, RawJson> closingFields = new LinkedHashMap<>();
    private @Nullable String model;
    private @Nullable List<RawJson> items;
    private @Nullable String instructions;
    private @Nullable RawJson tools;
    private @Nullable RawJson toolChoice;
    private @Nullable RawJson text;
    private Prompt.@Nullable MaxTokens maxTokens;
    private O1Options options = O1Options.NONE;
    private boolean hasMessages;

    private ResponseRequestReader(JsonReader json, ApiSettings.RequestLimits limits) {
        this.json = json;
        maxItems = limits.messages();
        reasoning = new ReasoningOptionsReader(json);
        state = new StateReader(json, settings);
    }

    /**
     * Reads the fields of a body. The items of the input are not read yet, since they may refer to what is stored.
     *
     * @throws RequestException if the body is malformed or requests something unsupported
     */
    static ResponseRequestReader readFields(String body, ApiSettings.RequestLimits limits) {
        try (JsonReader json = new JsonReader(body, limits)) {
            ResponseRequestReader reader = new ResponseRequestReader(json, limits);
            reader.readFields();
            return reader;
        }
    }

    private void readFields() {
        json.readBody(this::readField);
        if (text != null) {
            applyText(TextOptions.read(text));
        }
    }

    /** What the request selects. */
    TurnSelection.Requested requested() {
        return new TurnSelection.Requested(model, reasoning.mode(), reasoning.effort(), options);
    }

    /** What the request continues, and what is stored of it. */
    ResponseState state() {
        return state.state();
    }

    /**
     * Reads the items of the input.
     *
     * @param earlier what the input may refer to
     * @throws RequestException if it is invalid, or there is nothing to answer
     */
    ResponseRequest withInput(EarlierItems earlier) {
        ResponseRequest request = request(requiredInput(), earlier);
        boolean mayWaitForAnswer = request.state().conversation() != null; // only its history shows it
        if (request.prompt().messages().isEmpty() && !mayWaitForAnswer) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "input",
                    "'input' contains nothing that is sent to the model. Add a user message.");
        }
        return request;
    }

    /**
     * Reads the items of the input, if there are any.
     *
     * @throws RequestException if they are invalid
     */
    ResponseRequest withOptionalInput(EarlierItems earlier) {
        return request(items == null && !hasMessages ? List.of() : requiredInput(), earlier);
    }

    private ResponseRequest request(List<RawJson> input, EarlierItems earlier) {
        RequestTools all = readTools(input);
        InputReader reader = new InputReader(all.names(), earlier);
        List<Message> messages = reader.read(input, "input");
        return new ResponseRequest(
                model,
                new Prompt(messages, fields, all.provided(), closingFields, maxTokens),
                instructions == null || instructions.isEmpty() ? List.of() : List.of(Message.system(instructions)),
                all.names(),
                reader.details(),
                reasoningOptions(),
                state(),
                options,
                settings);
    }

    private List<RawJson> requiredInput() {
        if (items != null) {
            return items;
        }
        if (hasMessages) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "messages",
                    "This is the Responses API, which expects 'input' instead of 'messages'. Send 'input': \"...\", or use"
                            + " /v1/chat/completions.");
        }
        throw RequestException.missing("input");
    }

    private RequestTools readTools(List<RawJson> input) {
        ToolsReader reader = new ToolsReader();
        if (tools != null) {
            reader.read(tools, "tools");
        }
        for (int i = 0; i < input.size(); i++) {
            RawJson item = input.get(i);
            if (ADDITIONAL_TOOLS.equals(
                    JsonSlices.text(item, "type"))) { // a tree of a large item takes a multiple of its memory
                RawJson list = new Fields(item, "input[" + i + "]").list("tools");
                if (list != null) {
                    reader.readAdditional(list, "input[" + i + "].tools");
                }
            }
        }
        RequestTools all = reader.tools();
        settings.put("tools", all.repeated());
        if (toolChoice != null) {
            closingFields.put("tool_choice", new ToolChoiceReader(all.names()).read(toolChoice));
            settings.put("tool_choice", ToolChoiceReader.repeated(toolChoice));
        }
        if (all.provided() == null) {
            ToolConstraints.removeWithoutTools(closingFields);
        }
        return all;
    }

    private ResponseRequest.Reasoning reasoningOptions() {
        return new ResponseRequest.Reasoning(
                reasoning.effort(),
                reasoning.mode(),
                Boolean.FALSE.equals(reasoning.includeReasoning()),
                oneOf(reasoning.other("summary"), "reasoning.summary", SUMMARIES),
                oneOf(reasoning.other("context"), "reasoning.context", CONTEXTS));
    }

    private static @Nullable String oneOf(@Nullable RawJson value, String path, Set<String> allowed) {
        if (value == null) {
            return null;
        }
        String text = JsonSlices.string(value);
        RequestException.require(
                allowed.contains(text),
                path,
                "one of " + String.join(", ", allowed.stream().sorted().toList()));
        return text;
    }

    private void readField(String name) {
        switch (name) {
            case "model" -> model = json.name(name);
            case "input" -> readInput(name);
            case "messages" -> {
                hasMessages = true;
                json.skip();
            }
            case "instructions" -> {
                instructions = json.string(name);
                settings.put(name, json.raw());
            }
            case "stream" -> json.bool(name); // handled by AcceptFilter
            case "reasoning" -> reasoning.read(name);
            case "text" -> text = json.raw();
            case "tools" -> {
                json.require(JsonToken.START_ARRAY, name, "a list of tools");
                tools = json.raw();
            }
            case "tool_choice" -> toolChoice = json.raw();
            case "parallel_tool_calls" -> {
                json.bool(name);
                closingFields.put(name, repeat(name));
            }
            case "max_output_tokens" -> {
                maxTokens = new Prompt.MaxTokens("max_tokens", json.positiveInteger(name));
                repeat(name);
            }
            case "temperature" -> readNumber(name, 0, 2);
            case "top_p" -> readNumber(name, 0, 1);
            case "presence_penalty", "frequency_penalty" -> readNumber(name, -2, 2);
            case "metadata" -> settings.put(name, Metadata.read(Json.tree(json.raw()), name));
            case "user" -> {
                json.string(name);
                fields.put(name, repeat(name));
            }
            case "safety_identifier" -> {
                RequestException.require(
                        json.string(name).length() <= MAX_IDENTIFIER,
                        name,
                        "a string of at most " + MAX_IDENTIFIER + " characters");
                fields.put(name, repeat(name));
            }
            case "prompt_cache_key" -> {
                if (json.string(name).length() <= MAX_IDENTIFIER) { // it has no other effect
                    repeat(name);
                }
            }
            case O1Options.FIELD ->
                options = new O1OptionsReader(json)
                        .read()
                        .withoutParent(
                                ErrorCode.UNSUPPORTED_VALUE,
                                "is not supported by the Responses API. Send 'previous_response_id', which continues any response.");
            default -> {
                if (!state.read(name)) {
                    new RestrictedFields(json).read(name);
                }
            }
        }
    }

    private void readInput(String name) {
        List<RawJson> all = new ArrayList<>();
        if (json.current() == JsonToken.VALUE_STRING) {
            all.add(new RawJson("{\"role\":\"user\",\"content\":" + json.raw() + "}"));
        } else {
            json.require(JsonToken.START_ARRAY, name, "a string or a list of items");
            while (json.next() != JsonToken.END_ARRAY) {
                if (all.size() == maxItems) {
                    throw RequestException.tooManyMessages(name, maxItems);
                }
                all.add(json.raw());
            }
        }
        items = all;
    }

    private void applyText(TextOptions form) {
        settings.put("text", form.repeated());
        if (form.responseFormat() != null) {
            closingFields.put("response_format", form.responseFormat());
        }
        if (form.verbosity() != null) {
            closingFields.put("verbosity", form.verbosity());
        }
    }

    private void readNumber(String name, double min, double max) {
        json.number(name, min, max);
        fields.put(name, repeat(name));
    }

    /** Lets the response repeat the current value, and returns it. */
    private RawJson repeat(String name) {
        RawJson value = json.raw();
        settings.put(name, value);
        return value;
    }
}
