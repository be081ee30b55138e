package org.o1api.reasoning;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is loaded once, when it is first needed. If loading fails, also with an {@code Error}, that need fails and the next
 * one tries again: a static initializer that fails makes its class unusable for good.
 */
final class Lazy<T> implements Supplier<T> {
    private final Supplier<T> loader;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable T value;

    Lazy(Supplier<T> loader) {
        this.loader = loader;
    }

    @Override
    public T get() {
        T loaded = value;
        if (loaded != null) {
            return loaded;
        }
        lock.lock();
        try {
            loaded = value;
            if (loaded == null) {
                loaded = loader.get();
                value = loaded;
            }
            return loaded;
        } finally {
            lock.unlock();
        }
    }
}
