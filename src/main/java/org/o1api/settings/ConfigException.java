package org.o1api.settings;

/** A config file that cannot be used. The message has a line for each problem, and never a secret. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ConfigException(String message) {
        super(message);
    }
}
