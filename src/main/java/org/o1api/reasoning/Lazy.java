package org.o1api.reasoning;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lazily loaded value. If loading fails, even with an {@code Error}, the next {@link #get} tries again. A static initializer
 * would make its class unusable after the first failure.
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
