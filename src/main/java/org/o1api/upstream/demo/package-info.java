/** The demo model, which answers inside the gateway if no provider is configured. */
@NullMarked
package org.o1api.upstream.demo;

import org.jspecify.annotations.NullMarked;
