package org.o1api.server;

import java.time.Duration;

/**
 * Limits of request bodies.
 *
 * @param maxBytes maximum size of one body
 * @param timeout maximum time for receiving one body
 * @param maxTotalBytes maximum size of all bodies in memory, at least {@code maxBytes}
 * @param maxBytesPerCaller maximum size of one caller's bodies in memory, at least {@code maxBytes}
 */
public record BodySettings(int maxBytes, Duration timeout, long maxTotalBytes, long maxBytesPerCaller) {}
