/** The conversation database: connections, migrations and the handling of failures. */
@NullMarked
package org.o1api.database;

import org.jspecify.annotations.NullMarked;
