package org.o1api.settings;

import java.util.regex.Pattern;

/**
 * The path of a key in the config file, with its line.
 *
 * @param line the line, from 1
 * @param path the path, such as {@code presets.o1.steps.min}; empty for the root
 * @param pattern the path with {@code *} for names and {@code []} for indexes, as listed in the docs
 */
record ConfigPath(int line, String path, String pattern) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    ConfigPath key(int atLine, String key) {
        return new ConfigPath(
                atLine, join(path, PLAIN.matcher(key).matches() ? key : "'" + key + "'"), join(pattern, key));
    }

    /** A key that is a name chosen by the author of the file. */
    ConfigPath name(int atLine, String name) {
        return new ConfigPath(atLine, key(atLine, name).path(), join(pattern, "*"));
    }

    ConfigPath item(int atLine, int index) {
        return new ConfigPath(atLine, path + "[" + index + "]", pattern + "[]");
    }

    private static String join(String parent, String key) {
        return parent.isEmpty() ? key : parent + "." + key;
    }
}
