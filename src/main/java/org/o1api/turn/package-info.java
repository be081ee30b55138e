/** One request and its answer: its lifetime, its budget, its strategy. */
@NullMarked
package org.o1api.turn;

import org.jspecify.annotations.NullMarked;
