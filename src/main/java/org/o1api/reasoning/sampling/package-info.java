/** What strategies that generate several answers share: the format of a reply, what a reply votes for, and the vote. */
@NullMarked
package org.o1api.reasoning.sampling;

import org.jspecify.annotations.NullMarked;
