/** The call whose reply is the answer, the same one for every strategy. */
@NullMarked
package org.o1api.reasoning.closing;

import org.jspecify.annotations.NullMarked;
