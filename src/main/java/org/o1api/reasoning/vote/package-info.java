/** The strategy {@code vote}: several answers at the same time, and the majority's is the answer. */
@NullMarked
package org.o1api.reasoning.vote;

import org.jspecify.annotations.NullMarked;
