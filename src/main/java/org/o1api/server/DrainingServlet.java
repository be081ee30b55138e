package org.o1api.server;

import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/**
 * Jersey's servlet, which lets turns in flight end before it goes: containers destroy servlets before they tell the
 * application's listeners, so only here is there still something to wait for.
 */
public final class DrainingServlet extends ServletContainer {
    private static final long serialVersionUID = 1;

    private final transient Runnable drain;

    /**
     * Serves an application.
     *
     * @param drain waits for what is in flight; afterwards nothing is
     */
    public DrainingServlet(ResourceConfig application, Runnable drain) {
        super(application);
        this.drain = drain;
    }

    @Override
    public void destroy() {
        drain.run();
        super.destroy();
    }
}
