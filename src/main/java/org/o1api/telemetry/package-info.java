/** Observers of turns: the line that is logged for each turn. */
@NullMarked
package org.o1api.telemetry;

import org.jspecify.annotations.NullMarked;
