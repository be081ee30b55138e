/** Random faults in what providers and clients send, and the rules that the gateway keeps all the same. */
@NullMarked
package org.o1api.fuzz;

import org.jspecify.annotations.NullMarked;
