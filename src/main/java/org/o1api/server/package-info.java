/** Integration with servlet containers: filters, request bodies, guarded responses, event streams, threads. */
@NullMarked
package org.o1api.server;

import org.jspecify.annotations.NullMarked;
