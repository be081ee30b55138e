/** What a turn is made of: presets, strategies, and the only way to make a call. */
@NullMarked
package org.o1api.reasoning;

import org.jspecify.annotations.NullMarked;
