/** JSON: writing, parsing, and access to unmodified parts of JSON texts. */
@NullMarked
package org.o1api.json;

import org.jspecify.annotations.NullMarked;
