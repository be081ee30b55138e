package org.o1api.reasoning.text;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.o1api.json.JsonSlices;
import org.o1api.model.Content;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.TurnEvent;
import org.o1api.reasoning.Prompt;

/** The format that the caller requires of the answer. */
public final class AnswerFormat {
    private static final Map<StepValueReader.Field, Pattern> KEY_PATTERNS = Map.of(
            StepValueReader.Field.TITLE, wordPattern("titles?"),
            StepValueReader.Field.CONTENT, wordPattern("contents?"),
            StepValueReader.Field.NEXT_ACTION, wordPattern("next_action"));
    private static final Pattern JSON_PATTERN = wordPattern("json");
    private static final Pattern PROPERTY_PATTERN =
            Pattern.compile("\"(title|content|next_action)\"\\s*:\\s*(?:\\{|true)");
    private static final Pattern STRICT_SCHEMA = Pattern.compile("\"additionalProperties\"\\s*:\\s*false");

    private final Prompt prompt;
    private final boolean requiresJson;
    private final boolean requiresToolCall;
    /** Computed on first use. */
    private @Nullable Mentions mentions;

    /** Reads the format from the fields and the messages of a prompt. */
    public AnswerFormat(Prompt prompt) {
        this.prompt = prompt;
        this.requiresJson = prompt.requiresJson();
        this.requiresToolCall = prompt.requiresToolCall();
    }

    /** Whether the answer must be JSON. */
    public boolean requiresJson() {
        return requiresJson;
    }

    /** Whether the answer must be a tool call. */
    public boolean requiresToolCall() {
        return requiresToolCall;
    }

    /**
     * Whether an answer that was generated without what the caller prescribes can be the turn's: a tool call or JSON if that is required.
     * Whether a text has another form is not known. What does not prescribe a form, such as stop words, is ignored.
     */
    public boolean admits(List<TurnEvent> answer) {
        if (requiresToolCall) {
            return answer.stream().anyMatch(TurnEvent.ToolCall.class::isInstance);
        }
        return !answer.isEmpty() && (!prompt.prescribesForm() || (requiresJson && isJson(answer)));
    }

    /** The object or array that a text is, perhaps in a Markdown fence; null: it is none. */
    public @Nullable String jsonIn(String text) {
        String json = LeadingObject.withoutFence(text);
        return JsonSlices.isObjectOrArray(json) ? json : null;
    }

    private static boolean isJson(List<TurnEvent> answer) {
        return answer.size() == 1
                && answer.get(0) instanceof TurnEvent.AnswerText text
                && JsonSlices.isObjectOrArray(text.text().strip());
    }

    /**
     * Whether the caller mentions all of these keys in a message or a schema. An object that has them is then the answer that
     * was asked for.
     */
    boolean mentionsAll(Collection<StepValueReader.Field> keys) {
        return mentions().keys().containsAll(keys);
    }

    /** Whether the caller mentions all keys of a step. */
    boolean mentionsAllStepKeys() {
        return mentionsAll(KEY_PATTERNS.keySet());
    }

    /**
     * Whether a strict schema (no additional properties) contains these keys, which an object starts with, and {@code content}.
     */
    boolean schemaMatches(Collection<StepValueReader.Field> keys) {
        Set<StepValueReader.Field> properties = mentions().properties();
        return !keys.isEmpty() && properties.contains(StepValueReader.Field.CONTENT) && properties.containsAll(keys);
    }

    /** Whether the caller mentions JSON. */
    boolean mentionsJson() {
        return mentions().json();
    }

    private Mentions mentions() {
        Mentions known = mentions;
        if (known == null) {
            known = findMentions(callerTexts().toList());
            mentions = known;
        }
        return known;
    }

    private Mentions findMentions(List<String> texts) {
        Set<StepValueReader.Field> keys = EnumSet.noneOf(StepValueReader.Field.class);
        KEY_PATTERNS.forEach((key, word) -> {
            if (texts.stream().anyMatch(text -> word.matcher(text).find())) {
                keys.add(key);
            }
        });
        Set<StepValueReader.Field> properties = EnumSet.noneOf(StepValueReader.Field.class);
        for (RawJson field : prompt.closingFields().values()) {
            if (STRICT_SCHEMA.matcher(field.text()).find()) {
                PROPERTY_PATTERN
                        .matcher(field.text())
                        .results()
                        .forEach(found -> properties.add(StepValueReader.Field.ofKey(found.group(1))));
            }
        }
        return new Mentions(
                keys,
                properties,
                texts.stream().anyMatch(text -> JSON_PATTERN.matcher(text).find()));
    }

    /**
     * What the caller's texts mention.
     *
     * @param keys the mentioned keys of a step
     * @param properties the keys of a step in strict schemas
     * @param json whether JSON is mentioned
     */
    private record Mentions(Set<StepValueReader.Field> keys, Set<StepValueReader.Field> properties, boolean json) {}

    /** The caller's messages and fields, without the model's earlier answers. */
    private Stream<String> callerTexts() {
        Stream<String> messages = prompt.messages().stream()
                .filter(message -> message.role() != Role.ASSISTANT)
                .map(Message::content)
                .map(content -> content instanceof Content.Text text
                        ? text.text()
                        : content instanceof Content.Parts parts ? parts.json().text() : "");
        return Stream.concat(messages, prompt.closingFields().values().stream().map(RawJson::text));
    }

    private static Pattern wordPattern(String word) {
        return Pattern.compile("(?<![A-Za-z0-9_])" + word + "(?![A-Za-z0-9_])", Pattern.CASE_INSENSITIVE);
    }
}
