/** The steps strategy: its turn, its requests, and the incremental readers of step and answer text. */
@NullMarked
package org.o1api.reasoning.strategy;

import org.jspecify.annotations.NullMarked;
