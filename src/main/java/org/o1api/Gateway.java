package org.o1api;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.o1api.api.AcceptFilter;
import org.o1api.api.ApiErrorFormat;
import org.o1api.api.ErrorMapper;
import org.o1api.api.HealthResource;
import org.o1api.api.Idempotency;
import org.o1api.api.ModelsResource;
import org.o1api.api.StoreRequests;
import org.o1api.api.StreamingHeadersFilter;
import org.o1api.api.TurnEndpoint;
import org.o1api.api.chat.ChatCompletionsResource;
import org.o1api.api.chat.ChatTurnReader;
import org.o1api.api.conversations.ConversationItemsResource;
import org.o1api.api.conversations.ConversationsResource;
import org.o1api.api.messages.CountTokensResource;
import org.o1api.api.messages.MessageTurnReader;
import org.o1api.api.messages.MessagesResource;
import org.o1api.api.page.ChatPage;
import org.o1api.api.page.PageFilter;
import org.o1api.api.responses.InputTokensResource;
import org.o1api.api.responses.ResponseTurnReader;
import org.o1api.api.responses.ResponsesResource;
import org.o1api.api.responses.StoredResponsesResource;
import org.o1api.api.responses.TurnItems;
import org.o1api.auth.ApiKey;
import org.o1api.auth.ApiKeys;
import org.o1api.auth.KeyAuthentication;
import org.o1api.config.Config;
import org.o1api.config.ConfigFile;
import org.o1api.config.SystemFingerprints;
import org.o1api.conversation.ConversationSettings;
import org.o1api.conversation.Conversations;
import org.o1api.database.Database;
import org.o1api.model.Pricing;
import org.o1api.reasoning.StrategyType;
import org.o1api.reasoning.TokenCounter;
import org.o1api.reasoning.auto.AutoStrategyType;
import org.o1api.reasoning.direct.DirectStrategyType;
import org.o1api.reasoning.single.SingleStrategyType;
import org.o1api.reasoning.steps.StepsStrategyType;
import org.o1api.reasoning.vote.VoteStrategyType;
import org.o1api.sealed.ReasoningSeal;
import org.o1api.server.AuthenticationFilter;
import org.o1api.server.CallExecutor;
import org.o1api.server.CorsFilter;
import org.o1api.server.DaemonThreads;
import org.o1api.server.ErrorResponder;
import org.o1api.server.ErrorServlet;
import org.o1api.server.FrameWriter;
import org.o1api.server.GatewayServlet;
import org.o1api.server.OpenBodies;
import org.o1api.server.OpenStreams;
import org.o1api.server.RequestIdFilter;
import org.o1api.server.ResponseGuard;
import org.o1api.server.TomcatStop;
import org.o1api.server.TurnExecutor;
import org.o1api.settings.ConfigException;
import org.o1api.telemetry.TurnLogger;
import org.o1api.turn.Admission;
import org.o1api.turn.ConversationLock;
import org.o1api.turn.TurnRunner;
import org.o1api.turn.TurnShutdown;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.demo.DemoUpstream;

/** Composition root: starts and stops the web application, and is the only class that wires components. */
public final class Gateway implements ServletContextListener {
    private static final System.Logger LOG = System.getLogger(Gateway.class.getName());

    /** All strategies, the default first. */
    public static final List<StrategyType> STRATEGIES = List.of(
            new StepsStrategyType(),
            new SingleStrategyType(),
            new DirectStrategyType(),
            new VoteStrategyType(),
            new AutoStrategyType());

    private final List<StrategyType> strategies;

    /** The started components; stopped in reverse order. */
    private final Deque<AutoCloseable> components = new ArrayDeque<>();

    /** The constructor that the container calls; see web.xml. */
    public Gateway() {
        this(STRATEGIES);
    }

    /** Creates a gateway with the given strategies, the default first. */
    Gateway(List<StrategyType> strategies) {
        this.strategies = strategies;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            start(event.getServletContext());
        } catch (Throwable e) { // also for an Error: started components must not remain in the container
            if (e instanceof ConfigException) {
                LOG.log(Level.ERROR, e.getMessage()); // the container may log less than the message
            }
            stop();
            throw e;
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        stop();
    }

    private void start(ServletContext context) {
        ConfigFile file = ConfigFile.find(
                System::getProperty,
                System::getenv,
                context.getInitParameter("o1api.config"),
                Path.of("").toAbsolutePath());
        LOG.log(Level.INFO, "config: {0}", file);
        Config config = file.read(strategies);
        OwnClasses.initialize(context::getResourcePaths);
        TokenCounter.load(); // loading takes time: do it now instead of during the first turn
        ScheduledThreadPoolExecutor scheduler = register(
                new ScheduledThreadPoolExecutor(1, DaemonThreads.factory("o1-api-tick")), DaemonThreads::shutdownNow);
        scheduler.setRemoveOnCancelPolicy(true);
        Map<String, Upstream> upstreams = new ConfiguredUpstreams(
                        config, scheduler, upstream -> register(upstream, Upstream::close))
                .open(strategies, DemoUpstream.DEFAULT_TOKEN_DELAY);
        Conversations conversations = conversations(config.conversations(), context.getContextPath());
        CallExecutor callThreads = register(CallExecutor.start(), CallExecutor::close); // stopped after the turns
        TurnExecutor executor = register(TurnExecutor.start(), TurnExecutor::close);
        OpenStreams streams = register(new OpenStreams(config.stream(), scheduler), OpenStreams::close);
        Admission admission = new Admission(config.turns());
        TurnRunner runner = new TurnRunner(
                upstreams,
                new ConversationLock(conversations, config.conversations().waitTimeout()),
                config.api().limits().body(),
                new TurnLogger(config.currency()),
                scheduler,
                callThreads,
                new Pricing(config.models(), config.currency()));
        TurnShutdown shutdown = new TurnShutdown(admission, config.turns().grace(), scheduler);
        OpenBodies bodies = new OpenBodies();
        Runnable stop = () -> {
            shutdown.stop();
            bodies.stop();
        };
        Runnable drain = () -> {
            stop.run();
            shutdown.drain();
            executor.drain();
        };
        register(TomcatStop.watch(context, stop, scheduler), TomcatStop::close);
        register(addShutdownHook(drain), Gateway::removeShutdownHook);
        TurnEndpoint endpoint = new TurnEndpoint(admission, runner, streams);
        StoreRequests storeRequests = new StoreRequests(admission);
        ReasoningSeal seal = ReasoningSeal.of(config.reasoningKeys(), conversations::reasoningKey);
        ResponseTurnReader responseReader =
                new ResponseTurnReader(config.api(), config.presets(), config.models(), conversations, seal);
        MessageTurnReader messageReader = new MessageTurnReader(config.api(), config.presets(), config.models(), seal);
        Application application = new Application(
                List.of(
                        new HealthResource(shutdown::isReady, streams::sinceLastTick),
                        new ModelsResource(
                                config.presets(), preset -> config.models().limits(preset.upstreams(), preset.model())),
                        new ConversationsResource(config.api().limits(), conversations, storeRequests),
                        new ConversationItemsResource(
                                config.api().limits(), conversations, storeRequests, TurnItems::of),
                        new ChatCompletionsResource(
                                new ChatTurnReader(
                                        config.api(),
                                        config.presets(),
                                        config.models(),
                                        SystemFingerprints.of(config),
                                        conversations),
                                endpoint),
                        new ResponsesResource(responseReader, endpoint),
                        new StoredResponsesResource(conversations.responses(), seal, storeRequests),
                        new InputTokensResource(responseReader, endpoint),
                        new MessagesResource(messageReader, endpoint),
                        new CountTokensResource(messageReader, endpoint)),
                List.of(
                        new FrameWriter(),
                        new ErrorMapper(new ApiErrorFormat()),
                        new AcceptFilter(),
                        new StreamingHeadersFilter(),
                        new Idempotency()));
        ErrorResponder errors = new ErrorResponder(new ApiErrorFormat(), bodies);
        addFilter(context, "response-guard", new ResponseGuard());
        addFilter(context, "request-id", new RequestIdFilter());
        addFilter(context, "cors", new CorsFilter(config.api().corsOrigins(), errors));
        if (config.page()) {
            addFilter(
                    context,
                    "page",
                    new PageFilter(ChatPage.load(context::getResourcePaths, context::getResourceAsStream)));
        }
        KeyAuthentication authentication = new KeyAuthentication(new ApiKeys(apiKeys(config, context)));
        addFilter(context, "authentication", new AuthenticationFilter(authentication::authenticate, errors));
        addServlet(context, "error", ErrorServlet.PATH, new ErrorServlet(errors));
        addServlet(
                context,
                "o1-api",
                "/*",
                new GatewayServlet(application, config.bodies(), bodies, executor, scheduler, errors, drain));
    }

    /** Adds a filter for requests from clients. Filters run in the order in which they are added. */
    private static void addFilter(ServletContext context, String name, Filter filter) {
        FilterRegistration.Dynamic registration = context.addFilter(name, filter);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
    }

    private static void addServlet(ServletContext context, String name, String path, Servlet servlet) {
        ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
        registration.addMapping(path);
        registration.setAsyncSupported(true);
        registration.setLoadOnStartup(1);
    }

    /** Opens the database in the background: the gateway also starts if the database is down. */
    private Conversations conversations(ConversationSettings settings, String contextPath) {
        Database database = register(new Database(settings.source(), System::getProperty, contextPath), opened -> {
            opened.close();
            Database.deregisterDrivers();
        });
        Conversations conversations = new Conversations(database, settings, TokenCounter::count);
        conversations.startMaintenance(register(
                new ScheduledThreadPoolExecutor(3, DaemonThreads.factory("o1-api-conversations")),
                DaemonThreads::shutdownGracefully));
        return conversations;
    }

    /**
     * On SIGTERM the container's own shutdown hook runs concurrently with this one, and some containers close streams
     * before they notify any listener.
     */
    private static Thread addShutdownHook(Runnable drain) {
        Thread hook = new Thread(drain, "o1-api-drain");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void removeShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is shutting down already
        }
    }

    /** The configured API keys. If there are none, generates one for this run and logs it once. */
    private static List<ApiKey> apiKeys(Config config, ServletContext context) {
        if (!config.apiKeys().isEmpty()) {
            return config.apiKeys();
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String key = "sk-" + HexFormat.of().formatHex(random);
        String port =
                System.getProperty("jetty.http.port", System.getProperty("catalina.base") == null ? "18888" : "8080");
        LOG.log(Level.INFO, """
                no API key is configured (api_bearer_token): this one is valid until the next start. Try{3}

                curl -N http://127.0.0.1:{0}{1}/v1/chat/completions \\
                  -H ''Authorization: Bearer {2}'' -H ''Content-Type: application/json'' \\
                  -d '''{'"stream": true, "messages": ['{'"role": "user", "content": "Is 91 a prime number?"'}]}'''
                """, port, context.getContextPath(), key, config.page() ? pageHint(port, context) : "");
        return List.of(new ApiKey("made-at-start", ApiKeys.sha256(key), Set.of()));
    }

    private static String pageHint(String port, ServletContext context) {
        return " http://127.0.0.1:" + port + context.getContextPath() + "/ in a browser, or";
    }

    /** Stops a component. Needed because the executors of Java 17 have no {@code close}. */
    private interface Closer<T> {
        void close(T component) throws Exception;
    }

    private <T> T register(T component, Closer<? super T> closer) {
        components.push(() -> closer.close(component));
        return component;
    }

    private void stop() {
        while (!components.isEmpty()) {
            try {
                components.pop().close();
            } catch (Throwable e) { // also an Error: the other components must not remain in the container
                LOG.log(Level.WARNING, "a component did not stop cleanly", e);
            }
        }
    }
}
