/** Replies that were recorded from a real model, in place of a provider. */
@NullMarked
package org.o1api.upstream.replay;

import org.jspecify.annotations.NullMarked;
