/** Start and stop: the only place that wires objects and registers strategies. */
@NullMarked
package org.o1api;

import org.jspecify.annotations.NullMarked;
