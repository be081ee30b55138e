/** The strategy {@code auto}: as many samples as a question needs. */
@NullMarked
package org.o1api.reasoning.auto;

import org.jspecify.annotations.NullMarked;
