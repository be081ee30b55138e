/** JSON texts taken apart without changing a byte of their values. */
@NullMarked
package org.o1api.json;

import org.jspecify.annotations.NullMarked;
