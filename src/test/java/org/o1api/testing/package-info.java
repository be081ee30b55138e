/** Fakes with a script, for the tests of all packages. */
@NullMarked
package org.o1api.testing;

import org.jspecify.annotations.NullMarked;
