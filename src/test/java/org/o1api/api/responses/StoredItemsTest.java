package org.o1api.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.o1api.conversation.ConversationSettings;
import org.o1api.conversation.Conversations;
import org.o1api.conversation.StoredTurn;
import org.o1api.database.Database;
import org.o1api.database.DatabaseSource;
import org.o1api.model.Cancellation;
import org.o1api.model.CancelledException;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.TurnId;
import org.o1api.sealed.ReasoningSeal;

/** What references and encrypted reasoning may add to a request. */
class StoredItemsTest {
    private static final String CALLER = "team-a";
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private final ReasoningSeal seal = ReasoningSeal.of(List.of(), () -> Optional.of(KEY));
    private final Cancellation cancellation = new Cancellation();
    private Database database;
    private Conversations conversations;

    @BeforeEach
    void open(@TempDir Path folder) {
        String url = "jdbc:h2:file:" + folder.resolve("conversations").toAbsolutePath();
        database = new Database(new DatabaseSource.Url(url, null, null, 10), name -> null, "");
        conversations = new Conversations(database, ConversationSettings.DEFAULT, String::length);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private StoredItems items(String caller, long maxCharacters) {
        return new StoredItems(caller, conversations.responses(), seal.session(caller), maxCharacters, cancellation);
    }

    /** Stores messages in a conversation of their own, and returns the ID of the first one's item. */
    private String store(String... texts) {
        List<Message> messages = new ArrayList<>();
        for (String text : texts) {
            messages.add(Message.user(text));
        }
        StoredTurn turn = new StoredTurn(TurnId.random(), 5, "", messages, null);
        conversations.store().create(CALLER, new RawJson("{}"), turn);
        return "msg_" + TurnId.hex(turn.id()) + "_0";
    }

    @Test
    void findsTheItemsOfManyTurns() {
        List<String> ids =
                IntStream.range(0, 40).mapToObj(i -> store("text " + i)).toList();
        Map<String, RawJson> found = items(CALLER, 100_000).items(ids);
        assertThat(found).containsOnlyKeys(ids);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(String.valueOf(found.get(ids.get(i)))).contains("\"text " + i + "\"");
        }
        assertThat(items("other", 100_000).items(ids)).isEmpty();
        assertThat(items(CALLER, 100_000).items(List.of("msg_x", "", ids.get(0).replace("_0", "_1"))))
                .isEmpty();
    }

    /** Short items of long turns take as long to read as long items. */
    @Test
    void limitsWhatIsRead() {
        String large = store("short", "x".repeat(5000));
        assertThat(items(CALLER, 2000).items(List.of(large))).containsOnlyKeys(large);
        GatewayException error = catchThrowableOfType(
                GatewayException.class, () -> items(CALLER, 1000).items(List.of(large)));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(error.param()).isEqualTo("input");
    }

    @Test
    void countsAnItemAsOftenAsItIsReferredTo() {
        String item = store("x".repeat(1000));
        assertThat(items(CALLER, 1200).items(List.of(item))).hasSize(1);
        GatewayException error = catchThrowableOfType(
                GatewayException.class, () -> items(CALLER, 1200).items(List.of(item, item)));
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @Test
    void stopsReadingWhenTheRequestIsCancelled() {
        String item = store("text");
        cancellation.cancel(ErrorCode.SHUTTING_DOWN, "stopping");
        CancelledException error = catchThrowableOfType(
                CancelledException.class, () -> items(CALLER, 1000).items(List.of(item)));
        assertThat(error.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
    }

    /** Reasoning that is too old is often not sent to the model: it must not make the request fail. */
    @Test
    void leavesOutTheOldestReasoning() {
        List<String> sealed = IntStream.range(0, 4)
                .mapToObj(i -> seal.seal(CALLER, List.of(i + "x".repeat(99))).orElseThrow())
                .toList();
        assertThat(items(CALLER, 400).reasoning(sealed)).hasSize(4);
        assertThat(items(CALLER, 399).reasoning(sealed)).containsOnlyKeys(sealed.subList(1, 4));
        assertThat(items(CALLER, 99).reasoning(sealed)).isEmpty();
        assertThat(items("other", 400).reasoning(sealed)).isEmpty();
        assertThat(items(CALLER, 400).reasoning(List.of("no seal", sealed.get(0))))
                .containsOnlyKeys(sealed.get(0));
    }
}
