package org.o1api;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.TokenStreamFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.o1api.reasoning.Strategy;

/** The package rules of the architecture page, checked against the classes. */
class ArchitectureTest {
    private static final String BASE = "org.o1api";

    /** The packages that each package may import besides itself. The base package may import all. */
    private static final Map<String, List<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("server", List.of("model")),
            Map.entry("api", List.of("server", "turn", "conversation", "reasoning", "json", "model")),
            Map.entry("api.request", List.of("api", "json", "model")),
            Map.entry(
                    "api.chat",
                    List.of("api.request", "api", "server", "turn", "conversation", "reasoning", "json", "model")),
            Map.entry("api.items", List.of("api.request", "api", "conversation", "json", "model")),
            Map.entry(
                    "api.conversations",
                    List.of("api.items", "api.request", "api", "server", "conversation", "json", "model")),
            Map.entry(
                    "api.responses",
                    List.of(
                            "api.items",
                            "api.request",
                            "api",
                            "server",
                            "turn",
                            "conversation",
                            "reasoning",
                            "sealed",
                            "json",
                            "model")),
            Map.entry(
                    "api.messages",
                    List.of("api.request", "api", "server", "turn", "reasoning", "sealed", "json", "model")),
            Map.entry("api.page", List.of()),
            Map.entry("auth", List.of("model")),
            Map.entry("turn", List.of("conversation", "reasoning", "upstream", "telemetry", "model")),
            Map.entry("conversation", List.of("database", "json", "model")),
            Map.entry("database", List.of("model")),
            Map.entry("reasoning", List.of("upstream.demo", "upstream", "settings", "json", "model")),
            Map.entry("reasoning.text", List.of("reasoning", "upstream", "json", "model")),
            Map.entry("reasoning.closing", List.of("reasoning.text", "reasoning", "upstream", "model")),
            Map.entry(
                    "reasoning.steps",
                    List.of(
                            "reasoning.closing",
                            "reasoning.text",
                            "reasoning",
                            "upstream.demo",
                            "upstream",
                            "settings",
                            "json",
                            "model")),
            Map.entry(
                    "reasoning.sampling",
                    List.of(
                            "reasoning.closing",
                            "reasoning.text",
                            "reasoning",
                            "upstream",
                            "settings",
                            "json",
                            "model")),
            Map.entry(
                    "reasoning.direct",
                    List.of(
                            "reasoning.sampling",
                            "reasoning.text",
                            "reasoning",
                            "upstream.demo",
                            "upstream",
                            "settings",
                            "model")),
            Map.entry(
                    "reasoning.single",
                    List.of(
                            "reasoning.direct",
                            "reasoning.sampling",
                            "reasoning.closing",
                            "reasoning.text",
                            "reasoning",
                            "upstream.demo",
                            "upstream",
                            "settings",
                            "json",
                            "model")),
            Map.entry(
                    "reasoning.vote",
                    List.of(
                            "reasoning.single",
                            "reasoning.sampling",
                            "reasoning",
                            "upstream.demo",
                            "settings",
                            "model")),
            Map.entry(
                    "reasoning.auto",
                    List.of(
                            "reasoning.direct",
                            "reasoning.single",
                            "reasoning.sampling",
                            "reasoning.text",
                            "reasoning",
                            "upstream.demo",
                            "upstream",
                            "settings",
                            "json",
                            "model")),
            Map.entry("upstream.demo", List.of("upstream", "json", "model")),
            Map.entry("eval", List.of("turn", "reasoning.sampling", "reasoning", "telemetry", "json", "model")),
            Map.entry("upstream.replay", List.of("upstream", "json", "model")),
            Map.entry("upstream", List.of("json", "model")),
            Map.entry("json", List.of("model")),
            Map.entry("sealed", List.of()),
            Map.entry("settings", List.of()),
            Map.entry("telemetry", List.of("model")),
            Map.entry("model", List.of()),
            Map.entry(
                    "config",
                    List.of(
                            "api",
                            "auth",
                            "conversation",
                            "database",
                            "json",
                            "reasoning",
                            "sealed",
                            "server",
                            "settings",
                            "turn",
                            "upstream.replay",
                            "upstream",
                            "model")));

    private static final JavaClasses CLASSES = importClasses();

    private static JavaClasses importClasses() {
        // Names are enough for these rules; resolving the supertypes of all libraries takes ten times as long.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(BASE);
    }

    @Test
    void everyPackageIsListed() {
        TreeSet<String> found = new TreeSet<>();
        CLASSES.forEach(type -> found.add(type.getPackageName()));
        TreeSet<String> known = new TreeSet<>(List.of(BASE));
        MAY_IMPORT.keySet().forEach(name -> known.add(fullName(name)));

        assertThat(found).isEqualTo(known);
    }

    @Test
    void packagesImportOnlyWhatTheyMay() {
        MAY_IMPORT.forEach((name, others) -> {
            DescribedPredicate<JavaClass> allowed = resideInAnyPackage(Stream.concat(Stream.of(name), others.stream())
                    .map(ArchitectureTest::fullName)
                    .toArray(String[]::new));
            noClasses()
                    .that()
                    .resideInAPackage(fullName(name))
                    .should()
                    .dependOnClassesThat(resideInAPackage(BASE + "..").and(not(allowed)))
                    .check(CLASSES);
        });
    }

    private static String fullName(String name) {
        return BASE + "." + name;
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void servletsAreUsedInServerAndPageOnly() {
        assertUsedOnlyIn("jakarta.servlet..", BASE, BASE + ".server", BASE + ".api.page");
    }

    @Test
    void jerseyServerIsUsedInServerAndApiOnly() {
        DescribedPredicate<JavaClass> serverSide = resideInAnyPackage(
                        "jakarta.ws.rs", "jakarta.ws.rs.container..", "jakarta.ws.rs.sse..", "jakarta.ws.rs.ext..")
                .or(resideInAnyPackage("org.glassfish.jersey.server..", "org.glassfish.jersey.servlet.."))
                .or(resideInAPackage("org.glassfish.jersey.media.sse.."));
        assertUsedOnlyIn(serverSide, BASE, BASE + ".server", BASE + ".api..");
    }

    @Test
    void httpClientIsUsedInUpstreamOnly() {
        DescribedPredicate<JavaClass> client = resideInAnyPackage(
                "jakarta.ws.rs.client..",
                "org.glassfish.jersey.client..",
                "org.glassfish.jersey.apache5..",
                "org.apache.hc..",
                "java.net.http..");
        assertUsedOnlyIn(client, BASE + ".upstream");
    }

    @Test
    void circuitBreakerIsUsedInUpstreamOnly() {
        assertUsedOnlyIn("io.github.resilience4j..", BASE + ".upstream");
    }

    @Test
    void jacksonIsUsedWhereJsonIsReadOrWritten() {
        assertUsedOnlyIn(
                "com.fasterxml..",
                BASE + ".api..",
                BASE + ".upstream..",
                BASE + ".conversation",
                BASE + ".json",
                BASE + ".eval",
                BASE + ".config");
    }

    /** Elsewhere Jackson's parsers, generators and trees are used, but not configured. */
    @Test
    void jacksonIsConfiguredInJsonOnly() {
        assertUsedOnlyIn(
                belongToAnyOf(
                                TokenStreamFactory.class,
                                JsonFactory.class,
                                JsonFactoryBuilder.class,
                                StreamReadConstraints.class,
                                StreamWriteConstraints.class,
                                ObjectMapper.class,
                                JsonMapper.class)
                        .or(resideInAPackage("com.fasterxml.jackson.databind.cfg..")),
                BASE + ".json");
    }

    @Test
    void yamlIsUsedInSettingsOnly() {
        assertUsedOnlyIn("org.yaml..", BASE + ".settings");
    }

    @Test
    void sqlIsUsedInDatabaseAndConversationOnly() {
        assertUsedOnlyIn(
                resideInAnyPackage("java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.flywaydb.."),
                BASE + ".database",
                BASE + ".conversation");
    }

    @Test
    void systemLoggerIsTheOnlyLoggingApi() {
        assertUsedOnlyIn(resideInAnyPackage("java.util.logging..", "org.slf4j.."), BASE);
    }

    @Test
    void everyPackageIsNullMarked() {
        for (JavaPackage javaPackage : packages()) {
            assertThat(javaPackage.getPackageInfo().isAnnotatedWith(NullMarked.class))
                    .as("%s is @NullMarked by its package-info", javaPackage.getName())
                    .isTrue();
        }
    }

    /** Otherwise {@code system_fingerprint} would not depend on the settings of a strategy. */
    @Test
    void strategiesAreRecords() {
        classes()
                .that()
                .areAssignableTo(Strategy.class)
                .and()
                .areNotInterfaces()
                .should()
                .beRecords()
                .check(CLASSES);
    }

    private static List<JavaPackage> packages() {
        return CLASSES.stream().map(JavaClass::getPackage).distinct().toList();
    }

    private static void assertUsedOnlyIn(String restricted, String... allowedPackages) {
        assertUsedOnlyIn(resideInAPackage(restricted), allowedPackages);
    }

    /** Checks that some classes are used in some packages only. */
    private static void assertUsedOnlyIn(DescribedPredicate<JavaClass> restricted, String... allowedPackages) {
        noClasses()
                .that(not(resideInAnyPackage(allowedPackages)))
                .should()
                .dependOnClassesThat(restricted)
                .check(CLASSES);
    }
}
