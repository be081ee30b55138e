/** Reads YAML into values: sections, value types, substitution of environment variables, and error messages. */
@NullMarked
package org.o1api.settings;

import org.jspecify.annotations.NullMarked;
