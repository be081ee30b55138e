package org.o1api.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The {@link InContainers} tests of a class run in one of the containers: nothing in them depends on it. About half of the classes and
 * configs get each.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface InOneContainer {}
