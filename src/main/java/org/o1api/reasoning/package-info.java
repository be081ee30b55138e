/** What a turn runs: presets, reasoning strategies and their model calls. */
@NullMarked
package org.o1api.reasoning;

import org.jspecify.annotations.NullMarked;
