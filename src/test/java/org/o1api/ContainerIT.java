package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.o1api.testing.Container;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;

/** The WAR in each supported container. */
class ContainerIT {
    @InContainers
    void usesTheClassesOfTheWar(GatewayFixture fixture) throws ClassNotFoundException {
        ClassLoader loader = fixture.gateway().classLoader();
        Class<?> gateway = loader.loadClass(Gateway.class.getName());

        assertThat(gateway).isNotSameAs(Gateway.class);
        assertThat(gateway.getClassLoader()).isSameAs(loader);
        assertThat(gateway.getProtectionDomain().getCodeSource().getLocation().getPath())
                .contains("/target/o1-api/WEB-INF/classes");
        assertThat(loader.loadClass("org.glassfish.jersey.server.ResourceConfig")
                        .getClassLoader())
                .isSameAs(loader);
    }

    @ParameterizedTest
    @EnumSource
    void failsToStartWithAnInvalidConfig(Container container) {
        assertThatThrownBy(() -> container.start("hartbeat: 1s").close()).hasMessageContaining("did not start");
    }

    /** The embedded containers set the required Jetty option themselves; {@code mvn jetty:run} gets it from the plugin's configuration. */
    @Test
    void failsToStartMavensJettyWithAnInvalidConfig() throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<throwUnavailableOnStartupException>true</throwUnavailableOnStartupException>");
    }

    @InContainers
    void reportsHealthWithoutAKey(GatewayFixture fixture) {
        assertThat(fixture.gateway().client("").get("/health/live").json()).hasToString("{\"status\":\"live\"}");
        assertThat(fixture.gateway().client("").get("/health/ready").json()).hasToString("{\"status\":\"ready\"}");
    }

    @InContainers
    void listsModels(GatewayFixture fixture) {
        assertThat(fixture.client().get("/v1/models").json().at("/data/0/id").asText())
                .isEqualTo("fake-model");
        assertThat(fixture.client()
                        .get("/v1/models/fake-model")
                        .json()
                        .path("object")
                        .asText())
                .isEqualTo("model");
    }
}
