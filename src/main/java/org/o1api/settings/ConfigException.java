package org.o1api.settings;

/** The config file is invalid. The message has one line for each problem, and contains no secrets. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
