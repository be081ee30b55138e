package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.conversations.Conversation;
import com.openai.models.conversations.ConversationCreateParams;
import com.openai.models.conversations.ConversationUpdateParams;
import com.openai.models.conversations.items.ConversationItem;
import com.openai.models.conversations.items.ItemListParams;
import java.util.ArrayList;
import java.util.List;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.Script;

/** Conversations with OpenAI's client for Java. */
class OpenAiConversationsIT {
    @InContainers
    void supportsTheWholeLifeOfAConversation(GatewayFixture fixture) {
        fixture.dispatch(request -> Script.answer("Yes."));
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(fixture.gateway().url() + "/v1")
                .apiKey(GatewayFixture.KEY)
                .build();
        Conversation conversation = client.conversations()
                .create(ConversationCreateParams.builder()
                        .metadata(ConversationCreateParams.Metadata.builder()
                                .putAdditionalProperty("topic", JsonValue.from("demo"))
                                .build())
                        .build());
        assertThat(conversation.id()).startsWith("conv_");
        for (int i = 0; i < 5; i++) {
            client.chat()
                    .completions()
                    .create(ChatCompletionCreateParams.builder()
                            .model("any")
                            .addUserMessage("Question " + i)
                            .putAdditionalBodyProperty("conversation_id", JsonValue.from(conversation.id()))
                            .putAdditionalBodyProperty("reasoning_effort", JsonValue.from("low"))
                            .build());
        }
        List<ConversationItem> items = new ArrayList<>();
        client.conversations()
                .items()
                .list(ItemListParams.builder()
                        .conversationId(conversation.id())
                        .order(ItemListParams.Order.ASC)
                        .limit(4)
                        .build())
                .autoPager()
                .forEach(items::add);
        assertThat(items).hasSizeGreaterThanOrEqualTo(10).allSatisfy(item -> item.validate());
        assertThat(items.get(0).asMessage().content().get(0).asInputText().text())
                .isEqualTo("Question 0");

        client.conversations()
                .update(ConversationUpdateParams.builder()
                        .conversationId(conversation.id())
                        .metadata(ConversationUpdateParams.Metadata.builder()
                                .putAdditionalProperty("topic", JsonValue.from("other"))
                                .build())
                        .build());
        assertThat(client.conversations()
                        .retrieve(conversation.id())
                        ._metadata()
                        .toString())
                .contains("other");
        assertThat(client.conversations().delete(conversation.id()).deleted()).isTrue();
        assertThatThrownBy(() -> client.conversations().retrieve(conversation.id()))
                .isInstanceOf(NotFoundException.class);
        client.close();
    }
}
