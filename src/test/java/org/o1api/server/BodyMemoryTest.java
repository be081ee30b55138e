package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.o1api.model.Caller;
import org.o1api.model.ErrorCode;

class BodyMemoryTest {
    private final BodyMemory memory = new BodyMemory(100, 60);

    private BodyMemory.Share share(String caller) {
        return memory.share(new Caller(caller, Set.of()));
    }

    private static ErrorCode rejection(BodyMemory.Share share, int bytes) {
        return catchThrowableOfType(BodyException.class, () -> share.add(bytes)).code();
    }

    @Test
    void limitsTheBytesOfOneCaller() {
        BodyMemory.Share first = share("a");
        BodyMemory.Share second = share("a");
        first.add(40);
        second.add(20);

        assertThat(rejection(second, 1)).isEqualTo(ErrorCode.RATE_LIMIT_EXCEEDED);

        first.close();
        second.add(40);
        assertThat(memory.used()).isEqualTo(60);
    }

    @Test
    void limitsTheBytesOfAllCallers() {
        share("a").add(60);
        BodyMemory.Share other = share("b");
        other.add(40);

        assertThat(rejection(other, 1)).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(rejection(share("c"), 1)).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(memory.used()).isEqualTo(100);
    }

    @Test
    void releasesAShareOnlyOnce() {
        BodyMemory.Share share = share("a");
        share.add(10);
        share.close();
        share.close();

        assertThat(memory.used()).isZero();
        share("a").add(60);
    }
}
