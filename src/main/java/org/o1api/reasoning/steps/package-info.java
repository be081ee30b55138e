/** The steps strategy: its turn, its requests and the history of its steps. */
@NullMarked
package org.o1api.reasoning.steps;

import org.jspecify.annotations.NullMarked;
