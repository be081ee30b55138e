/** The built-in demo model, which is used if no provider is configured. */
@NullMarked
package org.o1api.upstream.demo;

import org.jspecify.annotations.NullMarked;
