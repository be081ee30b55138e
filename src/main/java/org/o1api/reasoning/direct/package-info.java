/** The direct strategy: one call, whose own reasoning is shown. */
@NullMarked
package org.o1api.reasoning.direct;

import org.jspecify.annotations.NullMarked;
