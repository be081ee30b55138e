/** Compares the documentation with the code. */
@NullMarked
package org.o1api.docs;

import org.jspecify.annotations.NullMarked;
