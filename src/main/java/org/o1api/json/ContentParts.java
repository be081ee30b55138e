package org.o1api.json;

import java.util.List;
import java.util.stream.Collectors;
import org.o1api.model.Content;
import org.o1api.model.RawJson;

/** Makes content of the Chat Completions API that is a list of parts. */
public final class ContentParts {
    private ContentParts() {}

    /** Returns a part that is a text. */
    public static RawJson text(String text) {
        return new RawJson("{\"type\":\"text\",\"text\":" + JsonSlices.quoted(text) + "}");
    }

    /** Returns the content with these parts, each byte for byte. */
    public static Content.Parts list(List<RawJson> parts) {
        return new Content.Parts(
                new RawJson(parts.stream().map(RawJson::text).collect(Collectors.joining(",", "[", "]"))));
    }
}
