package org.o1api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.Map;

/**
 * OpenAI's published schemas, against which everything is checked that the gateway sends. They allow additional fields, such as
 * {@code reasoning_content} and the legacy {@code steps}.
 */
public enum OpenAiSchema {
    COMPLETION("CreateChatCompletionResponse"),
    CHUNK("CreateChatCompletionStreamResponse"),
    ERROR("ErrorResponse"),
    MODELS("ListModelsResponse"),
    MODEL("Model"),
    CONVERSATION("ConversationResource"),
    ITEMS("ConversationItemList"),
    ITEM("ConversationItem");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String definition;

    OpenAiSchema(String definition) {
        this.definition = definition;
    }

    /** Fails unless the text is JSON that is valid by this schema. */
    public void check(String json) {
        SchemaFile.OPENAI.check(definition, json);
        checkNames(json);
    }

    /** A successful reply must not have {@code error}, not even null: clients would take it for a failure. */
    private void checkNames(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            assertThat(root.has("error")).as(json).isEqualTo(this == ERROR);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    /** Fails unless a response is valid for its status and its path below the context path. */
    static void check(HttpResponse<String> response, String context) {
        String path = response.request().uri().getPath().substring(context.length());
        if (path.startsWith("/health/")
                || path.startsWith("/WEB-INF/")
                || response.request().method().equals("HEAD")
                || response.statusCode() == 204) {
            return; // not part of OpenAI's API, answered by the container, or without a body
        }
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        boolean isModels = path.equals("/v1/models") || path.startsWith("/v1/models/");
        boolean isAnthropic = isModels
                && response.request().headers().firstValue("anthropic-version").isPresent();
        if (path.equals("/v1/messages") || path.startsWith("/v1/messages/") || isAnthropic) {
            checkAnthropic(response, path);
        } else if (response.statusCode() >= 400) {
            ERROR.check(response.body());
        } else if (response.request().method().equals("DELETE")) {
            checkDeletion(ChatClient.parsed(response.body()), path);
        } else if (path.equals("/v1/responses/input_tokens")) {
            checkTokens(ChatClient.parsed(response.body()));
        } else if (path.equals("/v1/chat/completions")) {
            COMPLETION.check(response.body());
        } else if (path.equals("/v1/responses")) {
            ResponseSchema.check(response.body());
        } else if (path.matches("/v1/responses/[^/]+/input_items")) {
            ResponseSchema.checkItems(response.body());
        } else if (path.matches("/v1/responses/resp_[^/]+")) {
            ResponseSchema.check(response.body());
        } else if (path.equals("/v1/models")) {
            MODELS.check(response.body());
        } else if (path.startsWith("/v1/models/")) {
            MODEL.check(response.body());
        } else if (path.matches("/v1/conversations/[^/]+/items")) {
            ITEMS.check(response.body());
        } else if (path.matches("/v1/conversations/[^/]+/items/.+")) {
            ITEM.check(response.body());
        } else if (path.startsWith("/v1/conversations")
                && !(path.equals("/v1/conversations")
                        && response.request().method().equals("GET"))) {
            CONVERSATION.check(response.body());
        }
    }

    /** The published schemas do not have this object; nor that of {@link #checkTokens}. */
    private static void checkDeletion(JsonNode deletion, String path) {
        assertThat(deletion.propertyStream().map(Map.Entry::getKey)).containsExactly("id", "object", "deleted");
        assertThat(path).endsWith("/" + deletion.path("id").asText());
        assertThat(deletion.path("object").asText())
                .isEqualTo(path.startsWith("/v1/responses/") ? "response" : "conversation.deleted");
        assertThat(deletion.path("deleted").asBoolean()).isTrue();
    }

    private static void checkTokens(JsonNode tokens) {
        assertThat(tokens.propertyStream().map(Map.Entry::getKey)).containsExactly("object", "input_tokens");
        assertThat(tokens.path("object").asText()).isEqualTo("response.input_tokens");
        assertThat(tokens.path("input_tokens").isIntegralNumber()).isTrue();
    }

    private static void checkAnthropic(HttpResponse<String> response, String path) {
        if (response.statusCode() >= 400) {
            AnthropicErrors.check(ChatClient.parsed(response.body()), response);
        } else if (path.equals("/v1/messages")) {
            MessageShape.checkMessage(response.body());
        } else if (path.equals("/v1/messages/count_tokens")) {
            MessageShape.checkTokens(response.body());
        }
    }
}
