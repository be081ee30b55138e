package org.o1api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import jakarta.ws.rs.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.junit.jupiter.api.Test;
import org.o1api.model.ErrorCode;
import org.o1api.server.AuthenticationFilter;

/** Compares the tables of routes and of errors in {@code wire.md} with the code. */
class ApiPageTest {
    private static final Pattern METHOD = Pattern.compile("`(GET|POST|PUT|PATCH|DELETE)`");
    private static final Pattern CODE = Pattern.compile("`([a-z_]+)`$");

    private final Page page = Page.site("wire.md");

    private record Route(String method, String path, boolean needsKey) {}

    private record ErrorRow(int status, String code, String type) {}

    @Test
    void listsAllRoutesAndWhetherTheyNeedAKey() {
        Set<Route> routes = new HashSet<>();
        for (JavaClass type : resources()) {
            collect(Resource.from(type.reflect()), "", routes);
        }

        assertThat(routeRows().map(ApiPageTest::route))
                .hasSizeGreaterThan(10)
                .containsExactlyInAnyOrderElementsOf(routes);
    }

    @Test
    void listsOnlyStatusesOfTheGateway() {
        Set<String> known = Stream.of(ErrorCode.values())
                .map(code -> String.valueOf(code.status()))
                .collect(Collectors.toSet());
        known.add("200");
        known.add("529"); // of Anthropic's API

        assertThat(routeRows().flatMap(row -> Stream.of(row.get(4).split(", "))))
                .isSubsetOf(known);
    }

    @Test
    void listsAllErrorCodesWithTheirStatusAndType() {
        Stream<ErrorRow> rows = page.rows().stream()
                .filter(row -> row.size() == 4 && row.get(0).matches("\\d{3}"))
                .map(row -> new ErrorRow(
                        Integer.parseInt(row.get(0)),
                        CODE.matcher(row.get(1))
                                .results()
                                .findFirst()
                                .orElseThrow()
                                .group(1),
                        row.get(2).replace("`", "")));

        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(Stream.of(ErrorCode.values())
                        .map(code -> new ErrorRow(code.status(), code.wireName(), code.type()))
                        .toList());
    }

    private Stream<List<String>> routeRows() {
        return page.rows().stream()
                .filter(row -> row.size() == 5 && METHOD.matcher(row.get(0)).matches());
    }

    private static Route route(List<String> row) {
        String method = row.get(0).replace("`", "").toUpperCase(Locale.ROOT);
        return new Route(method, row.get(1).replace("`", ""), row.get(2).equals("required"));
    }

    private static List<JavaClass> resources() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("org.o1api").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .toList();
    }

    /** Adds the routes of a resource; patterns of parameters are left out ({@code {id: .+}} is {@code {id}}). */
    private static void collect(Resource resource, String parent, Set<Route> routes) {
        String path = parent + "/" + resource.getPath().replaceAll("^/", "").replaceAll("\\{(\\w+)[^}]*}", "{$1}");
        for (ResourceMethod method : resource.getResourceMethods()) {
            routes.add(new Route(method.getHttpMethod(), path, !AuthenticationFilter.PUBLIC_PATHS.contains(path)));
        }
        resource.getChildResources().forEach(child -> collect(child, path, routes));
    }
}
