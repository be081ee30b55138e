package org.o1api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of a response: used while the request runs, and after the container has reused its objects. */
class GuardedResponseTest {
    private static final Set<String> WRITING = Set.of("sendError", "sendRedirect");

    /** An argument of each type; null results stand for everything that is not a primitive. */
    private static final Map<Class<?>, Object> VALUES = Map.of(
            String.class,
            "a",
            int.class,
            1,
            long.class,
            1L,
            boolean.class,
            true,
            Locale.class,
            Locale.ROOT,
            Cookie.class,
            new Cookie("a", "b"),
            Supplier.class,
            (Supplier<Map<String, String>>) Map::of);

    private final RequestCycle cycle = new RequestCycle();
    private final List<String> calls = new ArrayList<>();
    private final StringWriter written = new StringWriter();
    private final RecordingStream stream = new RecordingStream();
    private final HttpServletResponse response = new GuardedResponse(
            (HttpServletResponse) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (self, method, args) -> {
                        calls.add(method.getName());
                        return switch (method.getName()) {
                            case "getOutputStream" -> stream;
                            case "getWriter" -> new PrintWriter(written);
                            default -> method.getReturnType().isPrimitive() ? VALUES.get(method.getReturnType()) : null;
                        };
                    }),
            cycle);

    static Stream<Method> methods() {
        return Arrays.stream(HttpServletResponse.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()));
    }

    private @Nullable Object call(Method method) throws ReflectiveOperationException {
        return method.invoke(
                response,
                Arrays.stream(method.getParameterTypes())
                        .map(type -> Objects.requireNonNull(VALUES.get(type), type.getName()))
                        .toArray());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void forwardsEveryMethodWhileTheRequestRuns(Method method) throws ReflectiveOperationException {
        call(method);

        assertThat(calls).containsExactly(method.getName());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void usesTheContainersResponseNoMoreAfterTheEnd(Method method) throws ReflectiveOperationException {
        cycle.end();
        if (WRITING.contains(method.getName())) {
            assertThat(catchThrowable(() -> call(method)))
                    .isInstanceOf(InvocationTargetException.class)
                    .hasCauseInstanceOf(IOException.class);
        } else {
            call(method);
        }

        assertThat(calls).isEmpty();
    }

    @Test
    void writesNothingAfterTheEnd() throws IOException {
        ServletOutputStream out = response.getOutputStream();
        out.write(1);
        cycle.end();

        assertThat(catchThrowable(() -> out.write(2))).isInstanceOf(IOException.class);
        assertThat(catchThrowable(() -> out.write(new byte[] {3, 4}))).isInstanceOf(IOException.class);
        assertThatCode(out::flush).doesNotThrowAnyException();
        assertThatCode(out::close).doesNotThrowAnyException();
        assertThat(out.isReady()).isFalse();
        assertThat(stream.calls).containsExactly("write 1");
    }

    @Test
    void writesNoTextAfterTheEnd() throws IOException {
        PrintWriter out = response.getWriter();
        out.print("one");
        out.flush();
        assertThat(out.checkError()).isFalse();
        cycle.end();
        out.print("two");

        assertThat(out.checkError()).isTrue();
        assertThat(written).hasToString("one");
    }

    @Test
    void failsToWriteIfTheEndCameFirst() throws IOException {
        cycle.end();
        PrintWriter out = response.getWriter();
        out.print("one");

        assertThat(out.checkError()).isTrue();
        assertThat(catchThrowable(() -> response.getOutputStream().write(1))).isInstanceOf(IOException.class);
        assertThat(calls).isEmpty();
    }

    /** Closing the stream would complete the response. */
    @Test
    void doesNotCloseAnAbortedResponse() throws IOException {
        ServletOutputStream out = response.getOutputStream();
        Writer writer = response.getWriter();
        writer.write("one");
        new AbortableResponse(cycle).abort();
        out.close();
        writer.close();

        assertThat(stream.calls).isEmpty();
    }

    @Test
    void reportsThatTheContainerCouldNotWrite() throws IOException {
        PrintWriter failing = new PrintWriter(Writer.nullWriter()) {
            @Override
            public boolean checkError() {
                return true;
            }
        };
        HttpServletResponse container = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (self, method, arguments) -> failing);

        assertThat(new GuardedResponse(container, cycle).getWriter().checkError())
                .isTrue();
    }

    private static final class RecordingStream extends ServletOutputStream {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void write(int b) {
            calls.add("write " + b);
        }

        @Override
        public void flush() {
            calls.add("flush");
        }

        @Override
        public void close() {
            calls.add("close");
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            calls.add("setWriteListener");
        }
    }
}
