package org.o1api.server;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Virtual threads, if the runtime has them and they do not pin their carrier threads (Java 24 and newer: JEP 491). */
final class VirtualThreads {
    private static final int FIRST_JAVA_WITHOUT_PINNING = 24;

    private VirtualThreads() {}

    static boolean areUsable() {
        return Runtime.version().feature() >= FIRST_JAVA_WITHOUT_PINNING;
    }

    /**
     * Creates an executor that runs each task on a new thread {@code name-1}, {@code name-2}, ... The code is compiled for Java
     * 17, so newer APIs are called by reflection.
     *
     * @throws IllegalStateException if the runtime has none
     */
    static ExecutorService executor(String name) {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Object unnamedBuilder = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder))
                    .invoke();
            MethodHandle setName =
                    lookup.findVirtual(builder, "name", MethodType.methodType(builder, String.class, long.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            ThreadFactory threads = (ThreadFactory) factory.invoke(setName.invoke(unnamedBuilder, name + "-", 1L));
            return (ExecutorService) lookup.findStatic(
                            Executors.class,
                            "newThreadPerTaskExecutor",
                            MethodType.methodType(ExecutorService.class, ThreadFactory.class))
                    .invoke(threads);
        } catch (Throwable e) { // declared by MethodHandle
            throw new IllegalStateException("this runtime should have virtual threads", e);
        }
    }
}
