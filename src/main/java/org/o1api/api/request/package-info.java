/** Readers of the request fields that several API surfaces have in common. */
@NullMarked
package org.o1api.api.request;

import org.jspecify.annotations.NullMarked;
