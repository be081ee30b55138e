/**
 * Calls to model providers: a request out, an iterator of deltas in.
 *
 * <p>Start reading at {@link org.o1api.upstream.Upstream}. {@link org.o1api.upstream.HttpUpstream} opens a call with a
 * {@code CallOpener}, which makes attempts and adapts the request ({@code AdaptiveRequest}) until one delivers its first delta. The
 * {@code HttpCall} then reads the reply: {@code SseReader}, {@code ChunkReader}, {@code DeltaBuffer}, {@code ReplyCompletion}.
 */
@NullMarked
package org.o1api.upstream;

import org.jspecify.annotations.NullMarked;
