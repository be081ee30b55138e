package org.o1api.server;

import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Notices that Tomcat has begun to stop the web application. Tomcat first waits {@code unloadDelay} for asynchronous requests,
 * then cuts them, and only then tells servlets and listeners; its state in JMX is the one thing that tells before. On other
 * servers there is no such state, and this does nothing.
 */
public final class TomcatStop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TomcatStop.class.getName());
    private static final long PERIOD_MILLIS = 250;

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Set<ObjectName> modules;
    private final Runnable onStop;
    private final ScheduledFuture<?> watch;

    private TomcatStop(Set<ObjectName> modules, Runnable onStop, ScheduledExecutorService scheduler) {
        this.modules = modules;
        this.onStop = onStop;
        this.watch = scheduler.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * Watches a web application.
     *
     * @param contextPath as the servlet context has it, empty for the root
     * @param onStop run once, on the scheduler; must be quick
     */
    public static TomcatStop watch(String contextPath, Runnable onStop, ScheduledExecutorService scheduler) {
        try {
            String path = contextPath.isEmpty() ? "/" : contextPath;
            ObjectName pattern = new ObjectName("*:j2eeType=WebModule,name=//*" + path + ",*");
            return new TomcatStop(
                    ManagementFactory.getPlatformMBeanServer().queryNames(pattern, null), onStop, scheduler);
        } catch (JMException e) {
            throw new IllegalStateException("a context path that is no name: " + contextPath, e);
        }
    }

    private void look() {
        for (ObjectName module : modules) {
            try {
                Object state = server.getAttribute(module, "stateName");
                if ("STOPPING_PREP".equals(state) || "STOPPING".equals(state)) {
                    watch.cancel(false);
                    onStop.run();
                    return;
                }
            } catch (JMException e) {
                LOG.log(Level.DEBUG, "a web module that cannot be asked for its state", e);
            }
        }
    }

    @Override
    public void close() {
        watch.cancel(false);
    }
}
