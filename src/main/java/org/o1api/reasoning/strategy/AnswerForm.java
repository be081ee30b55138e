package org.o1api.reasoning.strategy;

import java.util.Collection;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.llm.Content;
import org.o1api.llm.Message;
import org.o1api.llm.RawJson;
import org.o1api.llm.Role;
import org.o1api.reasoning.Question;

/** The form that the caller demands of the answer. */
final class AnswerForm {
    private static final Map<StepValues.Field, Pattern> KEYS = Map.of(
            StepValues.Field.TITLE, word("titles?"),
            StepValues.Field.CONTENT, word("contents?"),
            StepValues.Field.NEXT_ACTION, word("next_action"));
    private static final Pattern JSON = word("json");

    private final Question question;
    private final boolean json;
    private final boolean tool;

    AnswerForm(Question question) {
        this.question = question;
        this.json = question.wantsJson();
        RawJson choice = question.closingFields().get("tool_choice");
        this.tool = question.tools() != null && choice != null && demandsTool(choice.text());
    }

    private static boolean demandsTool(String choice) {
        return switch (choice) {
            case "\"auto\"", "\"none\"", "null" -> false;
            default -> !choice.contains("\"auto\""); // OpenAI's allowed_tools has a mode
        };
    }

    /** Whether it must be JSON alone. */
    boolean isJson() {
        return json;
    }

    /** Whether it must be a tool call. */
    boolean isToolCall() {
        return tool;
    }

    /** Whether the caller names all of these keys, in a message or in a schema: an object that has them is what was asked for. */
    boolean names(Collection<StepValues.Field> keys) {
        return keys.stream().allMatch(key -> mentions(KEYS.get(key)));
    }

    /** Whether the caller speaks of JSON. */
    boolean mentionsJson() {
        return mentions(JSON);
    }

    private boolean mentions(@Nullable Pattern word) {
        return word != null && texts().anyMatch(text -> word.matcher(text).find());
    }

    /** What the caller says; not the model's earlier answers. */
    private Stream<String> texts() {
        Stream<String> messages = question.messages().stream()
                .filter(message -> message.role() != Role.ASSISTANT)
                .map(Message::content)
                .map(content -> content instanceof Content.Text text
                        ? text.text()
                        : content instanceof Content.Parts parts ? parts.json().text() : "");
        return Stream.concat(
                messages, question.closingFields().values().stream().map(RawJson::text));
    }

    private static Pattern word(String word) {
        return Pattern.compile("(?<![A-Za-z0-9_])" + word + "(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE);
    }
}
