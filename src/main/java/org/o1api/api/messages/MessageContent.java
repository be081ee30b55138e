package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.api.AnswerWriter;
import org.o1api.json.Json;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.RawJson;
import org.o1api.model.TurnEvent;

/**
 * The content of a message: the blocks that the pieces of a turn become, in their order. Clients expect one open block at a time, so a
 * block is reported when the one before it is complete.
 */
final class MessageContent {
    private final String turn;
    private final Form form;
    private final Set<String> stopSequences;
    private final Events events;
    private final List<Block> blocks = new ArrayList<>();
    private final Map<Integer, ToolUseBlock> calls = new HashMap<>();
    /** The index of the first block that is not complete or not reported. */
    private int open;
    /** The number of blocks that were reported to their end. */
    private int reported;

    private boolean started;
    private boolean refused;

    /** Gets the events of the blocks, in their order. */
    @FunctionalInterface
    interface Events {
        /** Adds an event with these fields besides {@code type}. */
        void add(String type, Json.ValueWriter fields);
    }

    /**
     * What a client gets of the reasoning.
     *
     * @param omitsThinking whether it gets signatures only
     * @param encryption encrypts the steps; empty if there is no key
     */
    record Form(boolean omitsThinking, Function<List<String>, Optional<String>> encryption) {}

    /**
     * Creates an empty content.
     *
     * @param turn the digits of the turn's ID
     * @param stopSequences those of the request
     */
    MessageContent(String turn, Form form, Set<String> stopSequences, Events events) {
        this.turn = turn;
        this.form = form;
        this.stopSequences = stopSequences;
        this.events = events;
    }

    void addThinking(String text) {
        if (!text.isEmpty()) {
            ThinkingBlock block = last() instanceof ThinkingBlock last
                    ? last
                    : add(new ThinkingBlock(form.omitsThinking, form.encryption));
            block.append(text);
        }
    }

    void addText(String text) {
        if (!text.isEmpty()) {
            TextBlock block = last() instanceof TextBlock last ? last : add(new TextBlock());
            block.append(text);
        }
    }

    void addRefusal(String text) {
        refused = true;
        addText(text);
    }

    /** Messages have no images of models, so the text links to it. */
    void addImage(RawJson image) {
        addText("![](" + AnswerWriter.imageUrl(image) + ")");
    }

    void addCall(Delta.ToolCall piece) {
        ToolUseBlock call = calls.get(piece.index());
        if (call == null) {
            String id = piece.id() == null ? "toolu_" + turn + "_" + blocks.size() : piece.id();
            call = add(new ToolUseBlock(id, piece.name() == null ? "" : piece.name()));
            calls.put(piece.index(), call);
        }
        if (blocks.indexOf(call) >= open) {
            call.append(piece);
        }
    }

    private @Nullable Block last() {
        return blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
    }

    private <T extends Block> T add(T block) {
        Block before = last();
        if (before != null) {
            before.follow();
        }
        blocks.add(block);
        return block;
    }

    /** Reports what was added since the last call. */
    void render() {
        while (open < blocks.size()) {
            Block block = blocks.get(open);
            if (!started && block.hasEnded() && !block.isIncluded()) {
                open++;
                continue;
            }
            if (!started && !block.canStart()) {
                return;
            }
            if (!started) {
                started = true;
                addEvent("content_block_start", reported, json -> {
                    json.writeObjectFieldStart("content_block");
                    block.writeStart(json);
                    json.writeEndObject();
                });
            }
            addDeltas(block);
            if (!block.isComplete()) {
                return;
            }
            stopBlock();
        }
    }

    private void addDeltas(Block block) {
        block.takeDeltas(delta -> addEvent("content_block_delta", reported, json -> {
            json.writeObjectFieldStart("delta");
            delta.write(json);
            json.writeEndObject();
        }));
    }

    private void stopBlock() {
        addEvent("content_block_stop", reported, json -> {});
        open++;
        reported++;
        started = false;
    }

    /**
     * Ends a text that has begun, before an error: Claude Code discards a text without an end. A call stays open, since a client could run
     * it.
     */
    void closeText() {
        if (started && blocks.get(open) instanceof TextBlock text) {
            addDeltas(text);
            stopBlock();
        }
    }

    private void addEvent(String type, int index, Json.ValueWriter fields) {
        events.add(type, json -> {
            json.writeNumberField("index", index);
            fields.write(json);
        });
    }

    /**
     * Ends the blocks: the message is complete. Calls that were cut are left out, unless a part of them has been reported.
     *
     * @throws InvalidCallException if the arguments of a call are not an object
     */
    MessageStop end(TurnEvent.Completed end) {
        blocks.forEach(block -> block.end(!end.reason().isComplete()));
        blocks.forEach(Block::check);
        render();
        return stop(end);
    }

    private MessageStop stop(TurnEvent.Completed end) {
        if (refused || end.reason() == FinishReason.CONTENT_FILTER) {
            return new MessageStop("refusal", null);
        }
        if (end.reason() == FinishReason.LENGTH) {
            return new MessageStop("max_tokens", null);
        }
        if (!calls.isEmpty()) {
            return new MessageStop("tool_use", null);
        }
        String sequence = end.stopSequence();
        return sequence != null && stopSequences.contains(sequence)
                ? new MessageStop("stop_sequence", sequence)
                : new MessageStop("end_turn", null);
    }

    /** Writes the list of the blocks, without calls that were cut. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Block block : blocks) {
            if (block.isIncluded()) {
                json.writeStartObject();
                block.write(json);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }
}
