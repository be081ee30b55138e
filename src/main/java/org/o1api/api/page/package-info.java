/** The chat page: static files, kept in memory. It is a client of the other routes like any other. */
@NullMarked
package org.o1api.api.page;

import org.jspecify.annotations.NullMarked;
