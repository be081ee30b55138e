package org.o1api.server;

import java.time.Duration;

/**
 * Limits of request bodies.
 *
 * @param bytes of one body
 * @param time for a whole body to arrive
 * @param totalBytes of all bodies held at once, at least {@code bytes}
 * @param bytesPerCaller of one caller's bodies held at once, at least {@code bytes}
 */
public record BodySettings(int bytes, Duration time, long totalBytes, long bytesPerCaller) {}
