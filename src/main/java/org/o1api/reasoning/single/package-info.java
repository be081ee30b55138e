/** The single strategy: reasoning and answer in one call. */
@NullMarked
package org.o1api.reasoning.single;

import org.jspecify.annotations.NullMarked;
