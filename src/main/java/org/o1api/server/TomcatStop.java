package org.o1api.server;

import jakarta.servlet.ServletContext;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.o1api.model.PeriodicTask;

/**
 * Detects that Tomcat is stopping the web application. Tomcat first waits up to {@code unloadDelay} for asynchronous
 * requests, then aborts them, and only then notifies servlets and listeners; only the state of its Context shows the
 * stop in time. The Context is accessed by reflection, through an attribute of the servlet context. Does nothing on
 * other servers.
 */
public final class TomcatStop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TomcatStop.class.getName());
    /** Tomcat's {@code Globals.RESOURCES_ATTR}. */
    private static final String RESOURCES_ATTRIBUTE = "org.apache.catalina.resources";

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);

    private final Runnable onStop;
    private final @Nullable PeriodicTask checks;

    private TomcatStop(@Nullable Object context, Runnable onStop, ScheduledExecutorService scheduler) {
        this.onStop = onStop;
        this.checks = context == null
                ? null
                : PeriodicTask.start("stop of Tomcat", CHECK_INTERVAL, CHECK_INTERVAL, () -> check(context), scheduler);
    }

    /**
     * Starts watching a web application.
     *
     * @param onStop runs once, on the scheduler; must be quick
     */
    public static TomcatStop watch(ServletContext servletContext, Runnable onStop, ScheduledExecutorService scheduler) {
        return new TomcatStop(context(servletContext.getAttribute(RESOURCES_ATTRIBUTE)), onStop, scheduler);
    }

    /** Returns Tomcat's Context, obtained by {@code WebResourceRoot.getContext()}; null on other servers. */
    private static @Nullable Object context(@Nullable Object resources) {
        try {
            return resources == null ? null : invoke(resources, "getContext");
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static Object invoke(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private void check(Object context) {
        try {
            Object state = invoke(context, "getStateName");
            if ("STOPPING_PREP".equals(state) || "STOPPING".equals(state)) {
                close();
                onStop.run();
            }
        } catch (InvocationTargetException e) { // memory may be exhausted: the next check may succeed
            throw new IllegalStateException("Tomcat cannot tell its state", e);
        } catch (ReflectiveOperationException e) {
            close();
            LOG.log(
                    Level.WARNING,
                    "cannot read the state of Tomcat's Context: open streams may be cut during undeployment",
                    e);
        }
    }

    @Override
    public void close() {
        if (checks != null) {
            checks.close();
        }
    }
}
