/** What every strategy needs to read the text of a model: incremental readers of a step and of the answer, and the answer's request. */
@NullMarked
package org.o1api.reasoning.text;

import org.jspecify.annotations.NullMarked;
