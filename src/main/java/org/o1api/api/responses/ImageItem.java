package org.o1api.api.responses;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An image that a model generated, as if a tool had. */
final class ImageItem extends OutputItem {
    private static final Pattern DATA_URL =
            Pattern.compile("data:image/([a-z0-9.+-]+);base64,", Pattern.CASE_INSENSITIVE);

    private final Data image;

    /**
     * The data of an image.
     *
     * @param format such as {@code png}
     */
    record Data(String format, String base64) {
        /** Reads an image of a provider; null if it has no data. */
        static @Nullable Data read(String url) {
            Matcher prefix = DATA_URL.matcher(url);
            return prefix.lookingAt() ? new Data(prefix.group(1), url.substring(prefix.end())) : null;
        }
    }

    ImageItem(Data image, Position position, ResponseEvents events) {
        super("image_generation_call", position, events);
        this.image = image;
    }

    @Override
    void render() {
        // the image is sent as a whole
    }

    @Override
    void endContent() {
        addEvent("response.image_generation_call.completed", json -> {});
    }

    @Override
    void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("result", isOpen() ? null : image.base64);
        json.writeStringField("output_format", image.format);
    }
}
