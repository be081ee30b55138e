package org.o1api.reasoning.auto;

import java.util.List;
import org.o1api.model.Message;
import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/** The prompt for the comparison of two samples (configuration: {@code presets.*.auto.prompts.judge}). */
final class JudgePrompt {
    private static final String QUESTION = "{question}";
    private static final String FIRST = "{first}";
    private static final String SECOND = "{second}";

    static final String DEFAULT = """
            Two answers to the same request:

            <request>
            {question}
            </request>

            <first>
            {first}
            </first>

            <second>
            {second}
            </second>

            Do both answers come to the same result, whatever their wording? Reply with one word: same or different.""";

    private static final ValueType<String> TYPE = ValueType.multiline(
            "text that mentions {first} and {second}, and asks for the word same or different",
            text -> text.contains(FIRST)
                    && text.contains(SECOND)
                    && text.contains("same")
                    && text.contains("different"));

    /** More of a text is left out of the middle. */
    private static final int MAX_TEXT = 8000;

    private JudgePrompt() {}

    static String read(Section section) {
        String text = section.find("judge", TYPE);
        return text == null ? DEFAULT : text;
    }

    /** Fills in the texts. */
    static List<Message> messages(String prompt, String question, String first, String second) {
        StringBuilder text = new StringBuilder();
        int position = 0;
        while (position < prompt.length()) { // one pass: the texts may contain the placeholders
            int from = position;
            String value = prompt.startsWith(QUESTION, from)
                    ? question
                    : prompt.startsWith(FIRST, from) ? first : prompt.startsWith(SECOND, from) ? second : null;
            if (value == null) {
                text.append(prompt.charAt(position++));
            } else {
                text.append(shortened(value.strip()));
                position = prompt.indexOf('}', from) + 1;
            }
        }
        return List.of(Message.user(text.toString()));
    }

    private static String shortened(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int head = Character.isHighSurrogate(text.charAt(MAX_TEXT / 2 - 1)) ? MAX_TEXT / 2 - 1 : MAX_TEXT / 2;
        int tail = text.length() - MAX_TEXT / 2;
        tail = Character.isLowSurrogate(text.charAt(tail)) ? tail + 1 : tail;
        return text.substring(0, head) + "\n[...]\n" + text.substring(tail);
    }
}
