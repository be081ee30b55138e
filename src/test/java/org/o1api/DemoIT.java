package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.InContainers;
import org.o1api.testing.Stage;

/** A gateway without a provider. */
class DemoIT {
    @InContainers(demo = true)
    void answersByTheDemoModel(Stage stage) {
        try (ChatClient.Stream stream =
                stage.client().ask("Is 91 a prime number?", "\"reasoning_effort\": \"minimal\"")) {
            List<Event> events = stream.rest();

            assertThat(ChatClient.reasoning(events)).startsWith("## Step 1: ").contains("Is 91 a prime number?");
            assertThat(ChatClient.content(events)).contains("demonstration", "config.yaml");
            assertThat(events).hasSizeGreaterThan(50);
        }
    }
}
