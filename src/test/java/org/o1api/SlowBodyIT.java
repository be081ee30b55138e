package org.o1api;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;
import org.o1api.testing.SlowBodyAssertions;
import org.o1api.testing.SlowRequest;
import org.o1api.testing.Surface;

/** More clients with slow request bodies than the container has threads. */
@Tag("alone")
class SlowBodyIT {
    @InContainers
    void doesNotBlockOthersWithoutAKey(GatewayFixture fixture) throws IOException {
        for (SlowRequest request : SlowRequest.onePerFraming().toList()) {
            SlowBodyAssertions.assertRejectedWithoutKey(fixture.gateway().url(), request);
        }
    }

    @InContainers
    void doesNotBlockOthersWithAKey(GatewayFixture fixture, Surface surface) throws IOException {
        SlowBodyAssertions.assertAwaitedWithoutBlockingThreads(fixture.gateway().url(), SlowRequest.turn(surface));
    }
}
