package org.o1api.api.page;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A file of the page, with everything that its response says about it. */
final class PageFile {
    private final byte[] content;
    private final PageFileType type;

    PageFile(byte[] content, PageFileType type) {
        this.content = content.clone();
        this.type = type;
    }

    byte[] content() {
        return content.clone();
    }

    PageFileType type() {
        return type;
    }

    /** Sends the headers of the content, and the content itself unless the request is a {@code HEAD}. */
    void write(HttpServletResponse response, boolean headersOnly) throws IOException {
        response.setContentType(type.contentType());
        response.setContentLength(content.length);
        if (!headersOnly) {
            response.getOutputStream().write(content);
        }
    }
}
