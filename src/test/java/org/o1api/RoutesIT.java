package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.Path;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.o1api.server.AuthenticationFilter;
import org.o1api.testing.ChatClient;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;

/** Every route in Jersey's resource model needs an API key, except the public ones. */
class RoutesIT {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private record Route(String method, String path) {
        boolean isPublic() {
            return AuthenticationFilter.PUBLIC_PATHS.contains(path);
        }
    }

    /** The routes of all classes with {@code @Path}, registered or not. */
    private static List<Route> routes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        List<Route> routes = new ArrayList<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.o1api")) {
            if (type.isAnnotatedWith(Path.class)) {
                collect(Resource.from(type.reflect()), "", routes);
            }
        }
        return routes;
    }

    private static void collect(Resource resource, String parent, List<Route> routes) {
        String path = parent + "/" + resource.getPath().replaceAll("\\{[^}]*}", "x");
        assertThat(resource.getResourceLocator())
                .as("a locator hides its routes: %s", path)
                .isNull();
        for (ResourceMethod method : resource.getResourceMethods()) {
            routes.add(new Route(method.getHttpMethod(), path));
        }
        resource.getChildResources().forEach(child -> collect(child, path, routes));
    }

    private static ChatClient.JsonResponse send(ChatClient client, Route route) {
        HttpRequest.BodyPublisher body = List.of("POST", "PUT", "PATCH").contains(route.method)
                ? HttpRequest.BodyPublishers.ofString("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}]}")
                : HttpRequest.BodyPublishers.noBody();
        return client.send(
                route.path, request -> request.method(route.method, body).header("Content-Type", "application/json"));
    }

    @InContainers
    void needAKey(GatewayFixture fixture) {
        fixture.script();
        List<Route> routes = routes();
        assertThat(routes)
                .contains(
                        new Route("POST", "/v1/chat/completions"),
                        new Route("GET", "/v1/models"),
                        new Route("GET", "/v1/models/x"));
        Set<String> open = new TreeSet<>();
        for (Route known : routes) {
            for (String method : METHODS) {
                Route route = new Route(method, known.path);
                if (route.isPublic()) {
                    open.add(known.path);
                    continue;
                }
                for (String key : List.of("", "sk-wrong", " ")) {
                    assertThat(send(fixture.gateway().client(key), route).status())
                            .as("%s with the key '%s'", route, key)
                            .isEqualTo(401);
                }
            }
        }
        assertThat(open).isEqualTo(new TreeSet<>(AuthenticationFilter.PUBLIC_PATHS));
        assertThat(fixture.requests()).isEmpty();
    }

    /** Spellings that lead to a route without being its path; containers reject more of them. */
    @InContainers
    void needAKeyInAnySpelling(GatewayFixture fixture) {
        fixture.script();
        for (String path : List.of(
                "/v1/models/",
                "/v1/models;x=1",
                "/v1;x=/models",
                "/health/live/../../v1/models",
                "/health/live;/../../v1/models",
                "/v1/%6dodels",
                "/V1/models",
                "/health/live/x")) {
            ChatClient.JsonResponse answer = send(fixture.gateway().client(""), new Route("GET", path));
            assertThat(answer.status()).as(path).isIn(400, 401, 404);
            assertThat(answer.response().body()).as(path).doesNotContain("fake-model");
        }
        assertThat(fixture.requests()).isEmpty();
    }
}
