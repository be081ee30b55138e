/** Fuzz tests: random faults in what providers and clients send, and the rules that the gateway must keep. */
@NullMarked
package org.o1api.fuzz;

import org.jspecify.annotations.NullMarked;
