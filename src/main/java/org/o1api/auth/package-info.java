/** Authentication: maps API keys to callers. */
@NullMarked
package org.o1api.auth;

import org.jspecify.annotations.NullMarked;
