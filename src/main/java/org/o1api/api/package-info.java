/** What all routes share: error responses, filters, the routes for models and health. */
@NullMarked
package org.o1api.api;

import org.jspecify.annotations.NullMarked;
