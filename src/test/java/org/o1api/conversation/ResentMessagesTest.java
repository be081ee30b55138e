package org.o1api.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.o1api.model.Message;
import org.o1api.model.Role;

/** Against what it means, said message by message. */
class ResentMessagesTest {
    private static HistoryMessage told(Message message, String sent) {
        CanonicalMessage text = CanonicalMessage.of(message);
        return new HistoryMessage(message, text, sent.isEmpty() ? null : text.withText(sent));
    }

    private static int overlap(List<HistoryMessage> told, List<CanonicalMessage> asked) {
        for (int length = Math.min(told.size(), asked.size()); length > 0; length--) {
            boolean same = true;
            for (int i = 0; i < length; i++) {
                same &= told.get(told.size() - length + i).matches(asked.get(i));
            }
            if (same) {
                return length;
            }
        }
        return 0;
    }

    private static boolean repeats(List<HistoryMessage> told, List<CanonicalMessage> asked) {
        for (int i = 1; i < asked.size(); i++) {
            for (int j = 1; j < told.size(); j++) {
                if (asked.get(i).role() == Role.ASSISTANT
                        && told.get(j).matches(asked.get(i))
                        && told.get(j - 1).matches(asked.get(i - 1))) {
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
    void findsWhatIsSentAgain(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<HistoryMessage> told = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            told.add(told(message(random), random.nextBoolean() ? "" : String.valueOf(random.nextInt(3))));
        }
        List<CanonicalMessage> asked = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            asked.add(CanonicalMessage.of(message(random)));
        }
        ResentMessages resent = new ResentMessages(told, asked);
        assertThat(resent.overlap()).isEqualTo(overlap(told, asked));
        for (int known = 0; known < asked.size(); known++) {
            assertThat(resent.repeatsExchangeAfter(known)).isEqualTo(repeats(told, asked.subList(known, asked.size())));
        }
    }
}
