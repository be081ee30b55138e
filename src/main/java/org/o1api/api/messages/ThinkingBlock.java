package org.o1api.api.messages;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.api.GrowingText;
import org.o1api.json.Json;

/** The reasoning: all steps with their headings, and a signature with which they continue when the client sends the block back. */
final class ThinkingBlock extends Block {
    /** A step begins with its heading. More pieces do no harm: together they are the same text. */
    private static final Pattern STEP = Pattern.compile("\n\n(?=## )");

    private final boolean omitted;
    private final Function<List<String>, Optional<String>> encryption;
    private final GrowingText text = new GrowingText();
    private @Nullable String signature;
    private boolean signatureSent;

    /**
     * Creates a block.
     *
     * @param omitted whether the client gets the signature only
     * @param encryption encrypts the steps; empty if there is no key
     */
    ThinkingBlock(boolean omitted, Function<List<String>, Optional<String>> encryption) {
        this.omitted = omitted;
        this.encryption = encryption;
    }

    void append(String piece) {
        text.append(piece);
    }

    /** The signature of the complete reasoning. Empty if there is no key: a block has a signature in any case. */
    private String signature() {
        if (signature == null) {
            signature = encryption.apply(List.of(STEP.split(text.toString()))).orElse("");
        }
        return signature;
    }

    @Override
    void takeDeltas(Consumer<Json.ValueWriter> deltas) {
        if (!omitted && text.hasUnsent()) {
            String piece = text.takeUnsent();
            deltas.accept(json -> {
                json.writeStringField("type", "thinking_delta");
                json.writeStringField("thinking", piece);
            });
        }
        if (isComplete() && !signatureSent) {
            signatureSent = true;
            String complete = signature();
            deltas.accept(json -> {
                json.writeStringField("type", "signature_delta");
                json.writeStringField("signature", complete);
            });
        }
    }

    @Override
    void writeStart(JsonGenerator json) throws IOException {
        write(json, "", "");
    }

    @Override
    void write(JsonGenerator json) throws IOException {
        write(json, omitted ? "" : text.toString(), signature());
    }

    private static void write(JsonGenerator json, String content, String sealed) throws IOException {
        json.writeStringField("type", "thinking");
        json.writeStringField("thinking", content);
        json.writeStringField("signature", sealed);
    }
}
