package org.o1api.conversation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnUsage;

/** Answers for tests, made of their parts. */
final class Answers {
    private Answers() {}

    static StoredTurn.Answer of(
            @Nullable String content,
            @Nullable String refusal,
            @Nullable String sent,
            @Nullable RawJson toolCalls,
            List<StoredTurn.Step> reasoning,
            FinishReason reason,
            TurnUsage usage) {
        return Format1.answer(content, refusal, sent, toolCalls, null, reasoning, reason, usage);
    }
}
