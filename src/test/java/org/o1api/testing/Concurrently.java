package org.o1api.testing;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Runs a test for several values at the same time, so that it does not wait longer than for one. */
public final class Concurrently {
    private Concurrently() {}

    /** Runs a test for each value, on a thread of its own. Fails if one fails. */
    public static <T> void forAll(Collection<T> values, Consumer<T> test) {
        Map<T, CompletableFuture<Void>> tests = new LinkedHashMap<>();
        for (T value : values) {
            tests.put(
                    value,
                    CompletableFuture.runAsync(
                            () -> test.accept(value), task -> new Thread(task, "test-" + value).start()));
        }
        tests.forEach((value, result) -> {
            try {
                result.join();
            } catch (CompletionException e) {
                throw new AssertionError(value + ": " + e.getCause(), e.getCause());
            }
        });
    }
}
