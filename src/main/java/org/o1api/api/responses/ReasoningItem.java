package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.GrowingText;

/** The reasoning: one summary part for each step, which begins with the step's title in bold. */
final class ReasoningItem extends OutputItem {
    private final Function<List<String>, Optional<String>> encryption;
    private final List<String> parts = new ArrayList<>();
    /** The parts in encrypted form, once they are complete; null: the client does not get it. */
    private @Nullable String encrypted;
    /** The part of the current step; null: none. */
    private @Nullable GrowingText part;
    /** Whether the current part consists of a title. */
    private boolean isTitle;
    /** Whether the current step has a title. */
    private boolean isTitled;
    /** A title that was reported after text of its step was sent. It becomes a heading before the next text. Empty: none. */
    private String lateTitle = "";

    ReasoningItem(Position position, ResponseEvents events, Function<List<String>, Optional<String>> encryption) {
        super("reasoning", position, events);
        this.encryption = encryption;
    }

    /**
     * Starts the part of a step.
     *
     * @param label the step's title from the start; null: none
     */
    void startStep(@Nullable String label) {
        endStep();
        startPart();
        if (label != null) {
            title(label);
        }
    }

    private GrowingText startPart() {
        GrowingText started = new GrowingText();
        part = started;
        addPartEvent("response.reasoning_summary_part.added", "");
        return started;
    }

    void title(String title) {
        GrowingText current = part == null ? startPart() : part;
        String line = title.strip().replaceAll("\\R", " ");
        if (line.isEmpty()) {
            return;
        }
        if (current.isEmpty()) {
            current.append("**" + line + "**");
            isTitle = true;
        } else if (!isTitled && current.isUnsent()) {
            current.prepend("**" + line + "**\n\n");
        } else {
            lateTitle = line;
        }
        isTitled = true;
    }

    void text(String text) {
        if (text.isEmpty()) {
            return;
        }
        GrowingText current = part == null ? startPart() : part;
        if (!lateTitle.isEmpty()) {
            current.append("\n\n### " + lateTitle + "\n" + text.stripLeading());
            lateTitle = "";
        } else {
            current.append(isTitle ? "\n\n" + text : text);
        }
        isTitle = false;
    }

    /** Ends the part of the current step, if there is one. */
    void endStep() {
        GrowingText current = part;
        if (current == null) {
            return;
        }
        render();
        String whole = current.toString();
        addEvent("response.reasoning_summary_text.done", json -> {
            json.writeNumberField("summary_index", parts.size());
            json.writeStringField("text", whole);
        });
        addPartEvent("response.reasoning_summary_part.done", whole);
        parts.add(whole);
        part = null;
        isTitle = false;
        isTitled = false;
        lateTitle = "";
    }

    private void addPartEvent(String name, String text) {
        addEvent(name, json -> {
            json.writeNumberField("summary_index", parts.size());
            json.writeFieldName("part");
            writePart(json, text);
        });
    }

    private static void writePart(JsonGenerator json, String text) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "summary_text");
        json.writeStringField("text", text);
        json.writeEndObject();
    }

    /** OpenAI sends none, and clients that merge the events of an item keep the first one. */
    @Override
    boolean hasStatus() {
        return false;
    }

    @Override
    void render() {
        if (part != null && part.hasUnsent()) {
            String delta = part.takeUnsent();
            addEvent("response.reasoning_summary_text.delta", json -> {
                json.writeNumberField("summary_index", parts.size());
                json.writeStringField("delta", delta);
            });
        }
    }

    @Override
    void endContent() {
        endStep();
        encrypted = encryption.apply(parts).orElse(null);
    }

    @Override
    void writeFields(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("summary");
        for (String text : parts) {
            writePart(json, text);
        }
        json.writeEndArray();
        if (encrypted != null) {
            json.writeStringField("encrypted_content", encrypted);
        }
    }
}
