/** Reads YAML into values: sections, value types, substitution from the environment, and the problems found. */
@NullMarked
package org.o1api.settings;

import org.jspecify.annotations.NullMarked;
