/** What servlet containers need from us: a guarded response, a managed executor, one way to write an event stream. */
@NullMarked
package org.o1api.server;

import org.jspecify.annotations.NullMarked;
