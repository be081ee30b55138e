/** Application start and stop. {@code Gateway} is the only class that wires components and registers strategies. */
@NullMarked
package org.o1api;

import org.jspecify.annotations.NullMarked;
