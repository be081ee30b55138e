/**
 * Types that all packages share: messages, deltas, usage, finish reasons, errors, cancellation, and JSON that is passed on
 * unchanged.
 */
@NullMarked
package org.o1api.model;

import org.jspecify.annotations.NullMarked;
