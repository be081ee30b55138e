package org.o1api;

import static org.assertj.core.api.Assertions.assertThat;

import org.o1api.testing.ChatClient;
import org.o1api.testing.ChatClient.Event;
import org.o1api.testing.GatewayFixture;
import org.o1api.testing.InContainers;

/** A gateway without a provider. */
class DemoIT {
    @InContainers(demo = true)
    void reasonsAndStatesThatItIsADemo(GatewayFixture fixture) {
        try (ChatClient.Stream stream =
                fixture.client().streamQuestion("Is 91 a prime number?", "\"reasoning_effort\": \"minimal\"")) {
            StringBuilder reasoning = new StringBuilder();
            StringBuilder content = new StringBuilder();
            while (content.indexOf("This is a demonstration.") < 0) {
                Event event = stream.nextText();
                reasoning.append(event.reasoning());
                content.append(event.content());
            }
            assertThat(reasoning.toString()).startsWith("## Step 1: ").contains("Is 91 a prime number?");
            assertThat(content.toString()).contains("Is 91 a prime number?");
        }
    }
}
