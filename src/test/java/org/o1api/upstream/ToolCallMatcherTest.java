package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Delta;

/** Tool calls, from the provider's chunks to what a client receives. */
class ToolCallMatcherTest {
    private static final class JoinedCall {
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    private final DeltaBuffer buffer = new DeltaBuffer(UpstreamFixture.errors(), false, 1 << 20);

    private final Map<Integer, JoinedCall> calls = new TreeMap<>();

    /**
     * The lists of {@code tool_calls} of successive chunks, in which {@code i} is the index, {@code n} and {@code a} name and
     * arguments of the function; then id, name and arguments of each call. A generated id is shown as *.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            # as OpenAI
            [{i:0,id:x,n:f,a:}] [{i:0,a:{}] [{i:0,a:}}] [{i:1,id:y,n:g,a:}] [{i:1,a:{}}]  | x f {}; y g {}
            [{i:0,id:x,n:f,a:{}},{i:1,id:y,n:g,a:{}}]                                     | x f {}; y g {}
            [{i:0,id:x,n:f,a:},{i:1,id:y,n:g,a:}] [{i:1,a:{b}},{i:0,a:{a}}]               | x f {a}; y g {b}
            # the name after the id
            [{i:0,id:x,a:}] [{i:0,id:x,n:f,a:{}] [{i:0,a:}}]                              | x f {}
            [{i:0,id:x,n:,a:}] [{i:0,id:x,n:f,a:{}] [{i:0,a:}}]                           | x f {}
            [{i:0,id:x}] [{i:0,n:f}] [{i:0,a:{}}]                                         | x f {}
            [{i:0,id:x,a:{}] [{i:0,a:1}] [{i:0,n:f,a:}}]                                  | x f {1}
            [{id:x}] [{n:f}] [{a:{}}] [{id:y}] [{n:g,a:{}}]                               | x f {}; y g {}
            [{i:0,id:x},{i:1,id:y}] [{i:1,n:g,a:{b}},{i:0,n:f,a:{a}}]                     | x f {a}; y g {b}
            # the id after the name
            [{i:0,n:f,a:{}] [{i:0,id:x,a:}}]                                              | x f {}
            [{i:0,n:f,a:}] [{i:0,id:x,n:f,a:{}}]                                          | x f {}
            [{i:0,n:f,a:{}}] [{i:0,id:x}]                                                 | x f {}
            [{n:f,a:}] [{id:x,a:{}}]                                                      | x f {}
            [{i:0,id:,n:f,a:{}}]                                                          | * f {}
            # name, or id, or both in every piece
            [{i:0,id:x,n:f,a:{}] [{i:0,id:x,n:f,a:1}] [{i:0,id:x,n:f,a:}}]                | x f {1}
            [{i:0,id:x,n:f,a:{}] [{i:0,n:f,a:1}] [{i:0,n:f,a:}}] [{i:0,n:f,a:}]           | x f {1}
            [{n:f,a:{}] [{n:f,a:1}] [{n:f,a:}}]                                           | * f {1}
            [{i:0,id:x,n:f,a:{}] [{i:0,id:y,n:f,a:}}]                                     | x f {}
            [{i:0,id:x,n:f,a:{}] [{i:0,id:y,a:}}]                                         | x f {}
            [{id:x,n:f,a:{}] [{id:y,a:}}]                                                 | x f {}
            # a whole call again at the end
            [{i:0,id:x,n:f,a:{}] [{i:0,a:1}}] [{i:0,id:x,n:f,a:{1}}]                      | x f {1}
            [{i:0,id:x,n:f,a:{1}}] [{i:0,id:x,n:f,a:}]                                    | x f {1}
            # one index for all
            [{i:0,id:,n:f,a:{1}}] [{i:0,id:,n:f,a:{2}}]                                   | * f {1}; * f {2}
            [{i:0,id:,n:f,a:{1}}] [{i:0,id:,n:f,a:{1}}]                                   | * f {1}; * f {1}
            [{i:0,id:,n:f,a:{1}}] [{i:0,id:,n:g,a:}] [{i:0,a:{2}}]                        | * f {1}; * g {2}
            [{i:0,id:,n:f,a:{1}}] [{i:0,id:,n:f,a:}] [{i:0,a:{2}] [{i:0,a:}}]             | * f {1}; * f {2}
            [{i:0,n:f,a:}] [{i:0,n:g,a:}]                                                 | * f ; * g
            [{i:0,n:f,a:},{i:0,n:f,a:{}}]                                                 | * f {}
            [{i:0,id:x,n:f,a:{1}}] [{i:0,id:y,n:f,a:{2}}]                                 | x f {1}; y f {2}
            [{i:0,id:x,n:f,a:{1}},{i:0,id:y,n:f,a:{2}}]                                   | x f {1}; y f {2}
            [{i:0,id:x,n:f,a:}] [{i:0,a:{1}}] [{i:0,id:y,n:f,a:}] [{i:0,a:{2}}]           | x f {1}; y f {2}
            [{i:0,id:x,n:f,a:{1}}] [{i:0,id:y,a:{2}}] [{i:0,id:y,n:g}]                    | x f {1}; y g {2}
            # no index
            [{id:x,n:f,a:{1}},{id:y,n:g,a:{2}}]                                           | x f {1}; y g {2}
            [{n:f,a:{1}},{n:f,a:{2}}]                                                     | * f {1}; * f {2}
            [{n:f,a:{1}}] [{n:f,a:{2}}]                                                   | * f {1}; * f {2}
            [{id:x,n:f,a:}] [{a:{1}}] [{id:y,n:g,a:}] [{a:{2}}]                           | x f {1}; y g {2}
            [{id:x,n:f,a:},{id:y,n:g,a:}] [{a:{1}},{a:{2}}]                               | x f {1}; y g {2}
            # one id for all
            [{i:0,id:x,n:f,a:{1}}] [{i:1,id:x,n:f,a:{2}}]                                 | x f {1}; * f {2}
            [{i:0,id:x,n:f,a:{1}},{i:1,id:x,n:f,a:{1}}]                                   | x f {1}; * f {1}
            [{i:0,id:x,n:f,a:}] [{i:0,a:{1}}] [{i:1,id:x,n:g,a:}] [{i:1,a:{2}}]           | x f {1}; * g {2}
            [{i:0,id:x,n:f,a:{1}}] [{i:0,id:x,n:f,a:{2}}]                                 | x f {1}; * f {2}
            [{id:x,n:f,a:{1}}] [{id:x,n:f,a:{2}}]                                         | x f {1}; * f {2}
            # an index that leaps
            [{i:3,id:x,n:f,a:{1}}] [{i:7,id:y,n:g,a:{2}}]                                 | x f {1}; y g {2}
            """)
    void separatesTheCallsOfAReply(String chunks, String expected) throws IOException {
        ChunkReader reader = new ChunkReader(buffer);
        for (String list : chunks.split(" ", -1)) {
            byte[] chunk = ("{\"choices\":[{\"delta\":{\"tool_calls\":" + json(list) + "}}]}")
                    .getBytes(StandardCharsets.UTF_8);
            reader.read(chunk, 0, chunk.length);
            buffer.flush();
            readDeltas();
        }
        buffer.finish(ProviderFinishReason.of("tool_calls"));
        buffer.complete();
        readDeltas();
        StringBuilder actual = new StringBuilder();
        calls.values()
                .forEach(call -> actual.append(actual.isEmpty() ? "" : "; ")
                        .append(call.id.startsWith("call_") ? "*" : call.id)
                        .append(' ')
                        .append(call.name)
                        .append(' ')
                        .append(call.arguments));
        assertThat(actual.toString().strip()).isEqualTo(expected);
        assertThat(calls.values().stream().map(call -> call.id)).doesNotHaveDuplicates();
        assertThat(buffer.toolCalls().hasUnnamedCall()).isFalse();
    }

    private void readDeltas() {
        while (!buffer.isEmpty()) {
            Delta.ToolCall piece = (Delta.ToolCall) buffer.take();
            JoinedCall call = calls.get(piece.index());
            if (call == null) {
                assertThat(piece.id()).isNotEmpty();
                assertThat(piece.name()).isNotEmpty();
                assertThat(piece.index()).isEqualTo(calls.size());
                call = new JoinedCall();
                call.id = String.valueOf(piece.id());
                call.name = String.valueOf(piece.name());
                calls.put(piece.index(), call);
            } else {
                assertThat(piece.id()).isNull();
                assertThat(piece.name()).isNull();
            }
            call.arguments.append(piece.arguments());
        }
    }

    /** Expands the short form of a list to JSON. */
    private static String json(String list) {
        StringBuilder json = new StringBuilder("[");
        for (String piece : list.substring(1, list.length() - 1).split("(?<=\\}),(?=\\{)", -1)) {
            json.append(json.length() == 1 ? "{" : ",{").append("\"type\":\"function\"");
            StringBuilder function = new StringBuilder();
            for (String field : piece.substring(1, piece.length() - 1).split(",", -1)) {
                String value = field.substring(field.indexOf(':') + 1);
                switch (field.substring(0, field.indexOf(':'))) {
                    case "i" -> json.append(",\"index\":").append(value);
                    case "id" -> json.append(",\"id\":\"").append(value).append('"');
                    case "n" -> function.append(",\"name\":\"").append(value).append('"');
                    default ->
                        function.append(",\"arguments\":\"").append(value).append('"');
                }
            }
            json.append(",\"function\":{")
                    .append(function.isEmpty() ? "" : function.substring(1))
                    .append("}}");
        }
        return json.append(']').toString();
    }
}
