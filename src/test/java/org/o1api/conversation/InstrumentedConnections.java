package org.o1api.conversation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Wraps connections: counts the open ones, records executed statements, and throws an Error if a test asks for it. */
final class InstrumentedConnections implements UnaryOperator<DataSource> {
    private final AtomicInteger open = new AtomicInteger();
    private final List<ExecutedStatement> executed = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable String> failing = new AtomicReference<>();
    private volatile boolean failAfter;
    private volatile Runnable action = InstrumentedConnections::fail;

    /** A statement and how many rows it changed. */
    record ExecutedStatement(String sql, int rows) {}

    /** Stands for an Error of the virtual machine. */
    static final class TestError extends Error {
        private static final long serialVersionUID = 1;

        TestError() {
            super("thrown by a test");
        }
    }

    /** Throws an Error once, instead of executing the next statement with this prefix. */
    void failBefore(String sql) {
        runBefore(sql, InstrumentedConnections::fail);
    }

    /** Runs an action once, before the next statement with this prefix is executed. */
    void runBefore(String sql, Runnable newAction) {
        action = newAction;
        failAfter = false;
        failing.set(sql);
    }

    private static void fail() {
        throw new TestError();
    }

    /** Throws an Error once, after the next statement with this prefix has been executed. */
    void failAfter(String sql) {
        failAfter = true;
        failing.set(sql);
    }

    boolean hasFailed() {
        return failing.get() == null;
    }

    /** The number of connections in use. */
    int openConnections() {
        return open.get();
    }

    List<ExecutedStatement> executedStatements(String sql) {
        return executed.stream()
                .filter(statement -> statement.sql.startsWith(sql))
                .toList();
    }

    private interface Call {
        @Nullable
        Object invoke(Object target, Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, T target, Call call) {
        return type.cast(Proxy.newProxyInstance(
                InstrumentedConnections.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return call.invoke(target, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }

    @Override
    public DataSource apply(DataSource source) {
        return proxy(DataSource.class, source, (target, method, arguments) -> {
            Object result = method.invoke(target, arguments);
            return result instanceof Connection connection ? instrumented(connection) : result;
        });
    }

    private Connection instrumented(Connection connection) {
        open.incrementAndGet();
        return proxy(Connection.class, connection, (target, method, arguments) -> {
            if (method.getName().equals("close")) {
                open.decrementAndGet();
            }
            Object result = method.invoke(target, arguments);
            if (result instanceof PreparedStatement statement && arguments != null) {
                return instrumented(statement, String.valueOf(arguments[0]));
            }
            return result;
        });
    }

    private PreparedStatement instrumented(PreparedStatement statement, String sql) {
        return proxy(PreparedStatement.class, statement, (target, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return method.invoke(target, arguments);
            }
            String failingStatement = failing.get();
            boolean fails = failingStatement != null
                    && sql.startsWith(failingStatement)
                    && failing.compareAndSet(failingStatement, null);
            if (fails && !failAfter) {
                action.run();
            }
            Object result = method.invoke(target, arguments);
            executed.add(new ExecutedStatement(sql, statement.getUpdateCount()));
            if (fails && failAfter) {
                throw new TestError();
            }
            return result;
        });
    }
}
