/** The config file: found, read, checked, and composed of each package's own records. */
@NullMarked
package org.o1api.config;

import org.jspecify.annotations.NullMarked;
