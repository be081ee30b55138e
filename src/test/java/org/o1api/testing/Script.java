package org.o1api.testing;

import java.io.IOException;

/** How a fake upstream replies to one request. */
@FunctionalInterface
public interface Script {
    /** Writes the reply. On return, the reply has ended or the connection is closed. */
    void run(FakeExchange exchange) throws IOException, InterruptedException;

    /** Streams the text word by word, followed by finish reason, usage and {@code [DONE]}. */
    static Script answer(String text) {
        return exchange ->
                exchange.stream().words(text).finish("stop").usage(10, 5).done();
    }

    /** Streams one event for each piece, followed by finish reason, usage and {@code [DONE]}. */
    static Script pieces(String... pieces) {
        return exchange ->
                exchange.stream().texts(pieces).finish("stop").usage(10, 5).done();
    }

    /** Streams tool calls, given by name and arguments: {@code toolCalls("weather", "{}")}. The arguments are streamed in pieces. */
    static Script toolCalls(String... namesAndArguments) {
        return exchange -> {
            exchange.stream();
            for (int call = 0; call < namesAndArguments.length / 2; call++) {
                String arguments = namesAndArguments[2 * call + 1];
                exchange.delta("{\"tool_calls\":[{\"index\":" + call + ",\"id\":\"call_" + (call + 1)
                        + "\",\"type\":\"function\",\"function\":{\"name\":"
                        + FakeExchange.quoted(namesAndArguments[2 * call]) + ",\"arguments\":\"\"}}]}");
                for (String piece : arguments.split("(?<=:)", -1)) {
                    exchange.delta("{\"tool_calls\":[{\"index\":" + call + ",\"function\":{\"arguments\":"
                            + FakeExchange.quoted(piece) + "}}]}");
                }
            }
            exchange.finish("tool_calls").usage(10, 5).done();
        };
    }

    /** Answers with a status, a JSON body, and headers as {@code "Name: value"}. */
    static Script status(int status, String body, String... headers) {
        return exchange -> exchange.reply(status, "application/json", body, headers);
    }

    /** Answers with an error in OpenAI's format. */
    static Script error(int status, String message, String... headers) {
        return status(status, "{\"error\":{\"message\":" + FakeExchange.quoted(message) + "}}", headers);
    }

    /** Answers with a completion that is not streamed. */
    static Script completion(String text) {
        return status(
                200,
                "{\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
                        + FakeExchange.quoted(text)
                        + "},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}");
    }

    /** Resets the connection before the first byte of a reply. */
    static Script reset() {
        return FakeExchange::reset;
    }

    /** Sends nothing until the client disconnects. */
    static Script silence() {
        return FakeExchange::awaitDisconnect;
    }
}
