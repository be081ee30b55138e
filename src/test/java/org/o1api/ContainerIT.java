package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import org.o1api.testing.InContainers;
import org.o1api.testing.Stage;

/** The WAR in its containers. */
class ContainerIT {
    @InContainers
    void runsTheClassesOfTheWar(Stage stage) throws ClassNotFoundException {
        ClassLoader loader = stage.gateway().classLoader();
        Class<?> gateway = loader.loadClass(Gateway.class.getName());

        assertThat(gateway).isNotSameAs(Gateway.class);
        assertThat(gateway.getClassLoader()).isSameAs(loader);
        assertThat(gateway.getProtectionDomain().getCodeSource().getLocation().getPath())
                .contains("/target/o1-api/WEB-INF/classes");
        assertThat(loader.loadClass("org.glassfish.jersey.server.ResourceConfig")
                        .getClassLoader())
                .isSameAs(loader);
    }

    @InContainers
    void tellsEverybodyThatItLivesAndIsReady(Stage stage) {
        assertThat(stage.gateway().client("").get("/health/live").json()).hasToString("{\"status\":\"live\"}");
        assertThat(stage.gateway().client("").get("/health/ready").json()).hasToString("{\"status\":\"ready\"}");
    }

    @InContainers
    void listsItsModels(Stage stage) {
        assertThat(stage.client().get("/v1/models").json().at("/data/0/id").asText())
                .isEqualTo("fake-model");
        assertThat(stage.client()
                        .get("/v1/models/fake-model")
                        .json()
                        .path("object")
                        .asText())
                .isEqualTo("model");
    }
}
