/** Shared test fixtures: real servers with the real WAR, a scripted upstream, and a client that exposes everything on the wire. */
@NullMarked
package org.o1api.testing;

import org.jspecify.annotations.NullMarked;
