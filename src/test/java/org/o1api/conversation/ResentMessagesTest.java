package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.o1api.model.Message;
import org.o1api.model.Role;

/** Compares the results with a simple implementation that goes message by message. */
class ResentMessagesTest {
    private static HistoryMessage historyMessage(Message message, String sent) {
        CanonicalMessage text = CanonicalMessage.of(message);
        return new HistoryMessage(message, text, sent.isEmpty() ? null : text.withText(sent));
    }

    private static int overlap(List<HistoryMessage> history, List<CanonicalMessage> request) {
        for (int length = Math.min(history.size(), request.size()); length > 0; length--) {
            boolean same = true;
            for (int i = 0; i < length; i++) {
                same &= history.get(history.size() - length + i).matches(request.get(i));
            }
            if (same) {
                return length;
            }
        }
        return 0;
    }

    private static boolean repeats(List<HistoryMessage> history, List<CanonicalMessage> request) {
        for (int i = 1; i < request.size(); i++) {
            for (int j = 1; j < history.size(); j++) {
                if (request.get(i).role() == Role.ASSISTANT
                        && history.get(j).matches(request.get(i))
                        && history.get(j - 1).matches(request.get(i - 1))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Message message(Random random) {
        String text = String.valueOf(random.nextInt(3));
        return random.nextBoolean() ? Message.user(text) : Message.assistant(text);
    }

    @RepeatedTest(300)
    void agreesWithASimpleComparison(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<HistoryMessage> history = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            history.add(historyMessage(message(random), random.nextBoolean() ? "" : String.valueOf(random.nextInt(3))));
        }
        List<CanonicalMessage> request = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            request.add(CanonicalMessage.of(message(random)));
        }
        ResentMessages resent = new ResentMessages(history, request);
        assertThat(resent.overlap()).isEqualTo(overlap(history, request));
        for (int known = 0; known < request.size(); known++) {
            assertThat(resent.repeatsExchangeAfter(known))
                    .isEqualTo(repeats(history, request.subList(known, request.size())));
        }
    }
}
