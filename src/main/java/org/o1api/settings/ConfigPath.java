package org.o1api.settings;

import java.util.regex.Pattern;

/**
 * Where something stands in the file.
 *
 * @param line counted from 1
 * @param path the key's path, like {@code presets.o1.steps.min}; empty for the whole file
 * @param pattern the path with {@code *} for names and {@code []} for positions, as the docs list it
 */
record ConfigPath(int line, String path, String pattern) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    ConfigPath key(int at, String key) {
        return new ConfigPath(at, join(path, PLAIN.matcher(key).matches() ? key : "'" + key + "'"), join(pattern, key));
    }

    /** A key that the file's author names. */
    ConfigPath name(int at, String name) {
        return new ConfigPath(at, key(at, name).path(), join(pattern, "*"));
    }

    ConfigPath item(int at, int index) {
        return new ConfigPath(at, path + "[" + index + "]", pattern + "[]");
    }

    private static String join(String parent, String key) {
        return parent.isEmpty() ? key : parent + "." + key;
    }
}
