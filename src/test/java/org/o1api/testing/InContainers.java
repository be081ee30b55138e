package org.o1api.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once in each {@link Container}, with a {@link GatewayFixture} as its parameter; if it has a parameter of type
 * {@link Surface}, once for each of these, too. Tests with the same
 * config share one gateway, which is started at its first use and stopped after all tests. With the profile {@code quick}, or if their
 * class is {@link InOneContainer}, the tests of a class with the same config run in one of the containers.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(GatewayFixtureExtension.class)
public @interface InContainers {
    /** Lines of the config file besides the API key and the upstream; {@code "upstream attempts: 1"} is a setting of the upstream. */
    String[] config() default {};

    /** The APIs of a test that has a {@link Surface} parameter; empty: all. */
    Surface[] surfaces() default {};

    /** Whether to configure no provider. */
    boolean demo() default false;
}
