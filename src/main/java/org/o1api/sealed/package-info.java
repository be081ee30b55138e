/** Reasoning that a client stores and sends back without being able to read or change it. */
@NullMarked
package org.o1api.sealed;

import org.jspecify.annotations.NullMarked;
