/** Connections to the database of the conversations, and its migrations. */
@NullMarked
package org.o1api.database;

import org.jspecify.annotations.NullMarked;
