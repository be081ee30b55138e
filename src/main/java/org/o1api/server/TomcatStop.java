package org.o1api.server;

import jakarta.servlet.ServletContext;
import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Notices that Tomcat has begun to stop the web application. Tomcat first waits {@code unloadDelay} for asynchronous requests,
 * then cuts them, and only then tells servlets and listeners; the state of its Context is the one thing that tells before. It
 * is reached by name, from an attribute of the servlet context. On other servers there is no such thing, and this does
 * nothing.
 */
public final class TomcatStop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TomcatStop.class.getName());
    /** Tomcat's {@code Globals.RESOURCES_ATTR}. */
    private static final String RESOURCES = "org.apache.catalina.resources";

    private static final long PERIOD_MILLIS = 250;

    private final @Nullable Object context;
    private final Runnable onStop;
    private final ScheduledFuture<?> watch;

    private TomcatStop(@Nullable Object context, Runnable onStop, ScheduledExecutorService scheduler) {
        this.context = context;
        this.onStop = onStop;
        this.watch = scheduler.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Watches a web application.
     *
     * @param onStop run once, on the scheduler; must be quick
     */
    public static TomcatStop watch(ServletContext web, Runnable onStop, ScheduledExecutorService scheduler) {
        return new TomcatStop(context(web.getAttribute(RESOURCES)), onStop, scheduler);
    }

    /** Tomcat's Context by way of {@code WebResourceRoot.getContext()}; null on other servers. */
    private static @Nullable Object context(@Nullable Object resources) {
        try {
            return resources == null ? null : call(resources, "getContext");
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }

    private void look() {
        if (context == null) {
            watch.cancel(false);
            return;
        }
        try {
            Object state = call(context, "getStateName");
            if ("STOPPING_PREP".equals(state) || "STOPPING".equals(state)) {
                watch.cancel(false);
                onStop.run();
            }
        } catch (ReflectiveOperationException e) {
            watch.cancel(false);
            LOG.log(
                    Level.WARNING,
                    "cannot read the state of Tomcat's Context: open streams may be cut during undeployment",
                    e);
        }
    }

    @Override
    public void close() {
        watch.cancel(false);
    }
}
