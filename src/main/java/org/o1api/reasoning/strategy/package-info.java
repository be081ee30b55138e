/** The strategies, one class each, and what reads their models' replies. */
@NullMarked
package org.o1api.reasoning.strategy;

import org.jspecify.annotations.NullMarked;
