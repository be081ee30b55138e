/** One call to a model's provider: the request out, an iteration of deltas in. */
@NullMarked
package org.o1api.upstream;

import org.jspecify.annotations.NullMarked;
