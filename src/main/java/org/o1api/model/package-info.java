/** The words that all packages share: messages, usage, finish reasons, error codes, and JSON that is passed on as it is. */
@NullMarked
package org.o1api.model;

import org.jspecify.annotations.NullMarked;
