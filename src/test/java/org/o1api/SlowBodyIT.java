package org.o1api;

import java.io.IOException;
import org.o1api.testing.InContainers;
import org.o1api.testing.SlowBodyAssertions;
import org.o1api.testing.SlowRequest;
import org.o1api.testing.Stage;

/** More clients with slow request bodies than the container has threads. */
class SlowBodyIT {
    @InContainers
    void doesNotBlockOthersWithoutAKey(Stage stage) throws IOException {
        for (SlowRequest request : SlowRequest.onePerFraming().toList()) {
            SlowBodyAssertions.assertRejectedWithoutKey(stage.gateway().url(), request);
        }
    }

    @InContainers
    void doesNotBlockOthersWithAKey(Stage stage) throws IOException {
        SlowBodyAssertions.assertAwaitedWithoutBlockingThreads(stage.gateway().url(), SlowRequest.chat());
    }
}
