package org.o1api.testing;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Provides the fixtures of {@link InContainers} tests. Tests with the same config share one. */
final class GatewayFixtureExtension implements TestTemplateInvocationContextProvider {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(GatewayFixtureExtension.class);

    private record FixtureKey(Container container, List<String> config, boolean demo) {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        InContainers annotation = context.getRequiredTestMethod().getAnnotation(InContainers.class);
        List<String> config = List.of(annotation.config());
        boolean hasSurface =
                List.of(context.getRequiredTestMethod().getParameterTypes()).contains(Surface.class);
        Surface[] surfaces = annotation.surfaces().length == 0 ? Surface.values() : annotation.surfaces();
        return containers(context.getRequiredTestClass(), config)
                .map(container -> new FixtureKey(container, config, annotation.demo()))
                .flatMap(key -> hasSurface
                        ? Stream.of(surfaces).map(surface -> new FixtureContext(key, surface))
                        : Stream.of(new FixtureContext(key, null)));
    }

    /**
     * Each container; or one of them if the class is {@link InOneContainer} or the system property {@code o1api.containers} is
     * {@code one}: always the same one for a class and a config.
     */
    private static Stream<Container> containers(Class<?> test, List<String> config) {
        Container[] all = Container.values();
        boolean one =
                test.isAnnotationPresent(InOneContainer.class) || "one".equals(System.getProperty("o1api.containers"));
        return one ? Stream.of(all[Math.floorMod((test.getName() + config).hashCode(), all.length)]) : Stream.of(all);
    }

    private record FixtureContext(FixtureKey key, @Nullable Surface surface)
            implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int invocation) {
            return key.container() + (surface == null ? "" : " " + surface);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == GatewayFixture.class || (type == Surface.class && surface != null);
        }

        @Override
        public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            if (parameter.getParameter().getType() == Surface.class) {
                return surface;
            }
            // Of the session: with more than one JVM, each class of tests has a root context of its own.
            return context.getStore(ExtensionContext.StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .computeIfAbsent(
                            key,
                            fixtureKey ->
                                    GatewayFixture.open(fixtureKey.container(), fixtureKey.config(), fixtureKey.demo()),
                            GatewayFixture.class);
        }
    }
}
