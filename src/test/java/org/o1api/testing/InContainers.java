package org.o1api.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once in each {@link Container}, and takes the {@link Stage} that it runs on. Tests that want the same
 * config share one gateway, which is started when it is first wanted and stopped after the last test of all.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(StageExtension.class)
public @interface InContainers {
    /** Lines of the config file, beside the key and the upstream; {@code "upstream attempts: 1"} is one of the upstream's. */
    String[] config() default {};

    /** Whether no provider is configured. */
    boolean demo() default false;
}
