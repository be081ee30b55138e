/** What tests share: real servers with the real WAR, a scripted upstream, a client that shows what came over the wire. */
@NullMarked
package org.o1api.testing;

import org.jspecify.annotations.NullMarked;
