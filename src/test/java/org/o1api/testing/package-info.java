/** What tests share: real servers with the real WAR, a scripted upstream, a client that reads event streams. */
@NullMarked
package org.o1api.testing;

import org.jspecify.annotations.NullMarked;
