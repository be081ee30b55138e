/** What strategies that reason and answer in one call share: the format of the reply, its reader and the requests. */
@NullMarked
package org.o1api.reasoning.sampling;

import org.jspecify.annotations.NullMarked;
