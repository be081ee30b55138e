/** Finds, reads and validates the config file, and creates the settings records of all packages. */
@NullMarked
package org.o1api.config;

import org.jspecify.annotations.NullMarked;
