package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The real request is asynchronous before the application's, so that its body can be read. */
class BodilessRequestTest {
    private final AsyncContext async = stub(AsyncContext.class, null);
    private final BodilessRequest request = new BodilessRequest(stub(HttpServletRequest.class, true), async);

    private static <T> T stub(Class<T> type, @Nullable Object result) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> result));
    }

    /** Otherwise code that writes the response asynchronously does not call {@code startAsync}, and it is completed too early. */
    @Test
    void isNotAsynchronousBeforeTheApplicationSaysSo() {
        assertThat(request.isAsyncStarted()).isFalse();
        assertThat(request.hasStartedAsync()).isFalse();
        assertThatThrownBy(request::getAsyncContext).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isAsynchronousAfterThat() {
        assertThat(request.startAsync()).isSameAs(async);

        assertThat(request.isAsyncStarted()).isTrue();
        assertThat(request.hasStartedAsync()).isTrue();
        assertThat(request.getAsyncContext()).isSameAs(async);
    }
}
