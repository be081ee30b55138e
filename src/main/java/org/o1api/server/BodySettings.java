package org.o1api.server;

import java.time.Duration;

/**
 * Limits of request bodies.
 *
 * @param maxBytes of one body
 * @param timeout for a whole body to arrive
 * @param maxTotalBytes of all bodies held at once, at least {@code bytes}
 * @param maxBytesPerCaller of one caller's bodies held at once, at least {@code bytes}
 */
public record BodySettings(int maxBytes, Duration timeout, long maxTotalBytes, long maxBytesPerCaller) {}
