package org.o1api.api.page;

import java.util.stream.Stream;

/** The types of the page's files, by their extensions. */
enum PageFileType {
    HTML("html", "text/html;charset=utf-8"),
    STYLE("css", "text/css;charset=utf-8"),
    MODULE("mjs", "text/javascript;charset=utf-8"),
    SCRIPT("js", "text/javascript;charset=utf-8"),
    IMAGE("svg", "image/svg+xml"),
    FONT("woff2", "font/woff2");

    private final String extension;
    private final String contentType;

    PageFileType(String extension, String contentType) {
        this.extension = extension;
        this.contentType = contentType;
    }

    /** Returns the type of a file of the page. */
    static PageFileType of(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return Stream.of(values())
                .filter(type -> type.extension.equals(extension))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a file of the page has an unknown type: " + name));
    }

    String contentType() {
        return contentType;
    }
}
