package org.o1api.testing;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Gives each test of {@link InContainers} its stages, and keeps these for the tests to come. */
final class StageExtension implements TestTemplateInvocationContextProvider {
    private static final ExtensionContext.Namespace KEPT = ExtensionContext.Namespace.create(StageExtension.class);

    private record Wanted(Container container, List<String> config, boolean demo) {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        InContainers how = context.getRequiredTestMethod().getAnnotation(InContainers.class);
        return Stream.of(Container.values())
                .map(container -> new OnStage(new Wanted(container, List.of(how.config()), how.demo())));
    }

    private record OnStage(Wanted wanted) implements TestTemplateInvocationContext, ParameterResolver {
        @Override
        public String getDisplayName(int invocation) {
            return wanted.container().name();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(KEPT)
                    .computeIfAbsent(wanted, key -> Stage.open(key.container(), key.config(), key.demo()), Stage.class);
        }
    }
}
