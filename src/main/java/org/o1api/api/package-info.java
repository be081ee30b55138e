/** What all routes share: error bodies, filters and their order, models. */
@NullMarked
package org.o1api.api;

import org.jspecify.annotations.NullMarked;
