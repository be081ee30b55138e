package org.o1api.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognition of H2 files, and the folder of the embedded database. */
class DatabaseConnectionsTest {
    private static DatabaseConnections connections(String url) {
        return new DatabaseConnections(new DatabaseSource.Url(url, null, null, 1), name -> null, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:file:/data/x",
                "jdbc:h2:file:x",
                "jdbc:h2:file:~/x",
                "jdbc:h2:~/x",
                "jdbc:h2:./x",
                "jdbc:h2:../x",
                "jdbc:h2:/data/x;CACHE_SIZE=1",
                "jdbc:h2:C:/x",
                "jdbc:h2:C:\\x"
            })
    void recognizesH2Files(String url) {
        assertThat(DatabaseSource.Url.isH2File(url)).isTrue();
        assertThat(connections(url).isExclusive()).isTrue();
        assertThat(connections(url + ";AUTO_SERVER=TRUE").isExclusive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:h2:mem:x",
                "jdbc:h2:tcp://localhost/x",
                "jdbc:h2:ssl://localhost/x",
                "jdbc:h2:nio:/x",
                "jdbc:h2:file:",
                "jdbc:h2:x",
                "jdbc:postgresql://localhost/x"
            })
    void recognizesOtherDatabases(String url) {
        assertThat(DatabaseSource.Url.isH2File(url)).isFalse();
        assertThat(connections(url).isExclusive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', /base/data/o1-api",
        "/o1, /base/data/o1-api/o1",
        "/a/b, /base/data/o1-api/a#b",
        "/a_b-c.d, /base/data/o1-api/a_b-c.d",
        "/.., /base/data/o1-api/%2E.",
        "/a/../../x, /base/data/o1-api/a#..#..#x",
        "/ä;b, /base/data/o1-api/%C3%A4%3Bb"
    })
    void derivesTheFolderFromTheContextPath(String context, String folder) {
        Map<String, String> properties = Map.of("catalina.base", "/base");
        assertThat(DataFolder.of(properties::get, context)).hasToString(folder);
    }

    @Test
    void givesEachContextItsOwnFolder() {
        Set<Path> folders = new HashSet<>();
        List<String> contexts =
                List.of("", "/a", "/a/b", "/a#b", "/a%23b", "/a_b", "/a-b", "/a.b", "/.a", "/%2Ea", "/ä");
        contexts.forEach(context -> folders.add(DataFolder.of(name -> null, context)));
        assertThat(folders).hasSameSizeAs(contexts);
    }

    @Test
    void opensADatabaseForEachContext(@TempDir Path folder) {
        for (String context : List.of("", "/a/b", "/ä;b", "/c d")) {
            try (Database database =
                    new Database(DatabaseSource.Url.DEFAULT, Map.of("o1api.data", folder.toString())::get, context)) {
                assertThat(database.<Integer>withHandle(handle -> handle.execute("SELECT 1")))
                        .isNotNull();
                assertThat(DataFolder.of(name -> folder.toString(), context)
                                .resolve("conversations.mv.db")
                                .toFile())
                        .exists();
            }
        }
    }
}
