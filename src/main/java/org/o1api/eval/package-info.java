/** The evaluation command: runs question sets through presets in this process, grades the answers, and reports what they cost. */
@NullMarked
package org.o1api.eval;

import org.jspecify.annotations.NullMarked;
