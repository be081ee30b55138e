package org.o1api.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.o1api.model.FailureLog;

/**
 * The bodies that are being read or discarded. They are stopped at shutdown, because Tomcat waits for their requests.
 */
public final class OpenBodies {
    private static final FailureLog FAILURES = new FailureLog(System.getLogger(OpenBodies.class.getName()));

    private final Set<BodyReader> readers = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    void add(BodyReader reader) {
        readers.add(reader);
        if (stopping) {
            reader.stop();
        }
    }

    void remove(BodyReader reader) {
        readers.remove(reader);
    }

    /** Stops all readers, and each reader that is added from now on. */
    public void stop() {
        stopping = true;
        for (BodyReader reader : readers) {
            try {
                reader.stop();
            } catch (RuntimeException | Error e) { // one failure must not affect the other requests
                FAILURES.error("stop", "a request could not be stopped", e);
            }
        }
    }
}
