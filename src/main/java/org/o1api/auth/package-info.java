/** Who asks: from a bearer key to a caller. */
@NullMarked
package org.o1api.auth;

import org.jspecify.annotations.NullMarked;
