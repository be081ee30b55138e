package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.llm.FinishReason;
import org.o1api.llm.Usage;

class ChunkReaderTest {
    /** Writes down what it is told. */
    private static final class Log implements ChunkReader.Sink {
        private final List<String> entries = new ArrayList<>();

        @Override
        public void text(String text) {
            entries.add("text " + text);
        }

        @Override
        public void reasoning(String text) {
            entries.add("reasoning " + text);
        }

        @Override
        public void refusal(String text) {
            entries.add("refusal " + text);
        }

        @Override
        public void toolCall(int index, @Nullable String id, @Nullable String name, String arguments) {
            entries.add("tool " + index + " " + id + " " + name + " " + arguments);
        }

        @Override
        public void usage(Usage usage) {
            entries.add("usage " + usage.inputTokens() + " " + usage.cachedTokens() + " " + usage.outputTokens() + " "
                    + usage.reasoningTokens());
        }

        @Override
        public void finish(FinishReason reason) {
            entries.add("finish " + reason);
        }

        @Override
        public void error(@Nullable String code, @Nullable String message) {
            entries.add("error " + code + " " + message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                                                                     |
            {'choices':[]}                                                         |
            {'choices':null}                                                       |
            {'choices':[null]}                                                     |
            {'choices':[{'delta':null}]}                                           |
            {'choices':[{'delta':{}}]}                                             |
            {'choices':[{'delta':{'role':'assistant','content':null}}]}            |
            {'choices':[{'delta':{'content':'a'}}]}                                | text a
            {'choices':[{'message':{'content':'a'},'finish_reason':'stop'}]}       | text a; finish STOP
            {'choices':[{'delta':{'content':'a'}},{'delta':{'content':'b'}}]}      | text a
            {'choices':[{'delta':{'content':'a','x':{'content':'b'}}}]}            | text a
            {'x':{'choices':[{'delta':{'content':'b'}}]},'choices':[]}             |
            {'choices':[{'delta':{'content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}}]} | text ab
            {'choices':[{'delta':{'content':[{'type':'thinking','thinking':[{'type':'text','text':'a'}]},{'type':'text','text':'b'}]}}]} | reasoning a; text b
            {'choices':[{'delta':{'content':[1,'x',{'type':'image_url','image_url':{'url':'u'}}]}}]} |
            {'choices':[{'delta':{'content':{'a':1}}}]}                            |
            {'choices':[{'delta':{'reasoning_content':'r'}}]}                      | reasoning r
            {'choices':[{'delta':{'reasoning':'r'}}]}                              | reasoning r
            {'choices':[{'delta':{'reasoning':'r','reasoning_content':'r'}}]}      | reasoning r
            {'choices':[{'delta':{'reasoning':{'summary':'r'}}}]}                  |
            {'choices':[{'delta':{'content':'','reasoning':'r'}}]}                 | reasoning r
            {'choices':[{'delta':{'refusal':'no'}}]}                               | refusal no
            {'choices':[{'delta':{'content':'a','refusal':'no'}}]}                 | text a; refusal no
            {'choices':[{'delta':{'content':null,'refusal':null}}]}                |
            {'choices':[{'delta':{'refusal':{'a':1}}}]}                            |
            {'choices':[{'finish_reason':'length'}]}                               | finish LENGTH
            {'choices':[{'finish_reason':'eos'}]}                                  | finish STOP
            {'choices':[{'finish_reason':''}]}                                     |
            {'choices':[{'finish_reason':null}]}                                   |
            {'choices':[],'usage':null}                                            |
            {'usage':{'prompt_tokens':3,'completion_tokens':2}}                    | usage 3 0 2 0
            {'usage':{'prompt_tokens':3,'completion_tokens':2,'prompt_tokens_details':{'cached_tokens':1},'completion_tokens_details':{'reasoning_tokens':2}}} | usage 3 1 2 2
            {'usage':{'prompt_tokens':3,'completion_tokens':2,'prompt_tokens_details':{'cached_tokens':9},'completion_tokens_details':{'reasoning_tokens':9}}} | usage 3 3 2 2
            {'usage':{'prompt_tokens':3,'completion_tokens':2,'prompt_cache_hit_tokens':1,'prompt_cache_miss_tokens':2}} | usage 3 1 2 0
            {'usage':{'prompt_tokens':3,'prompt_cache_hit_tokens':2,'prompt_tokens_details':{'cached_tokens':2}}} | usage 3 2 0 0
            {'usage':{'prompt_tokens':-3,'completion_tokens':'x','prompt_tokens_details':null,'completion_tokens_details':[1]}} | usage 0 0 0 0
            {'usage':{'prompt_tokens':3.0,'completion_tokens':99999999999999999999999}} | usage 3 0 0 0
            {'choices':[{'usage':{'prompt_tokens':3,'completion_tokens':2}}]}      | usage 3 0 2 0
            {'error':null,'choices':[]}                                            |
            {'error':{'message':'m','code':429}}                                   | error 429 m
            {'error':{'message':'m','code':null,'metadata':{'a':[1]}}}             | error null m
            {'error':'m'}                                                          | error null m
            {'error':[1]}                                                          | error null null
            {'choices':[{'delta':{'tool_calls':[{'index':1,'id':'i','type':'function','function':{'name':'f','arguments':'{'}}]}}]} | tool 0 i f {
            {'choices':[{'delta':{'tool_calls':[{'index':0,'id':'','function':{'name':'','arguments':'x'}}]}}]} | tool 0 null null x
            {'choices':[{'delta':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'1'}},{'id':'b','function':{'name':'g','arguments':'2'}}]}}]} | tool 0 a f 1; tool 1 b g 2
            {'choices':[{'delta':{'tool_calls':[{'function':{'name':'f'}},{'function':{'name':'g'}}]}}]} | tool 0 null f ~~; tool 1 null g ~~
            {'choices':[{'delta':{'tool_calls':[{'index':-1,'id':'a'}]}}]}         | tool 0 a null ~~
            {'choices':[{'delta':{'tool_calls':[{'index':99999999,'id':'a'}]}}]}   | tool 0 a null ~~
            {'choices':[{'delta':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':{'x':[1,2]}}}]}}]} | tool 0 a f {"x":[1,2]}
            {'choices':[{'delta':{'tool_calls':[7,null]}}]}                        |
            {'choices':[{'delta':{'tool_calls':null}}]}                            |
            """)
    void readsAChunk(String chunk, @Nullable String told) throws IOException {
        Log log = new Log();
        read(new ChunkReader(log), chunk.replace('\'', '"'));
        String expected = told == null ? "" : told.replace("~~", "");
        assertThat(String.join("; ", log.entries)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "\"a\"",
                "<html>",
                "{",
                "{}{}",
                "{} x",
                "{\"choices\":[{\"delta\":{\"content\":\"a",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]"
            })
    void refusesWhatIsNoChunk(String chunk) {
        assertThatThrownBy(() -> read(new ChunkReader(new Log()), chunk)).isInstanceOf(IOException.class);
    }

    @Test
    void keepsToolCallsApartThatComeWithoutIndex() throws IOException {
        Log log = new Log();
        ChunkReader reader = new ChunkReader(log);
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"1\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"g\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"2\"}}]}}]}");
        assertThat(log.entries)
                .containsExactly("tool 0 a f ", "tool 0 null null 1", "tool 1 b g ", "tool 1 null null 2");
    }

    @Test
    void keepsToolCallsApartThatHaveAllTheSameIndex() throws IOException {
        Log log = new Log();
        ChunkReader reader = new ChunkReader(log);
        read(
                reader,
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}},"
                        + "{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"2\"}}]}}]}");
        read(
                reader,
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"h\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"3\"}}]}}]}");
        read(
                reader,
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"arguments\":\"4\"}}]}}]}");
        assertThat(log.entries)
                .containsExactly(
                        "tool 0 a f 1", "tool 1 b g 2", "tool 2 c h ", "tool 2 null null 3", "tool 0 a null 4");
    }

    @Test
    void numbersToolCallsFromZero() throws IOException {
        Log log = new Log();
        ChunkReader reader = new ChunkReader(log);
        read(
                reader,
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"a\",\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"1\"}}]}}]}");
        read(
                reader,
                "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":2,\"id\":\"b\",\"function\":{\"name\":\"g\"}}]}}]}");
        assertThat(log.entries).containsExactly("tool 0 a f ", "tool 0 null null 1", "tool 1 b g ");
    }

    @Test
    void keepsToolCallsApartThatHaveNoIdEither() throws IOException {
        Log log = new Log();
        ChunkReader reader = new ChunkReader(log);
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"1\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"2\"}}]}}]}");
        assertThat(log.entries)
                .containsExactly("tool 0 null f ", "tool 0 null null 1", "tool 1 null f ", "tool 1 null null 2");
    }

    @Test
    void skippingTheParserTellsTheSame() {
        Random random = new Random(7);
        int alike = 0;
        Log fast = new Log();
        ChunkReader reader = new ChunkReader(fast);
        byte[] before = null;
        for (int round = 0; round < 40_000; round++) {
            byte[] chunk = before != null && random.nextInt(5) > 0
                    ? changed(before, random)
                    : chunk(random).getBytes(StandardCharsets.UTF_8);
            byte[] embedded = embed(chunk, random);
            int offset = embedded.length - chunk.length;
            fast.entries.clear();
            Log slow = new Log();
            String fastOutcome = outcome(reader, fast, embedded, offset, chunk.length);
            String slowOutcome = outcome(new ChunkReader(slow), slow, chunk, 0, chunk.length);
            assertThat(fastOutcome)
                    .as("round %d: %s", round, new String(chunk, StandardCharsets.UTF_8))
                    .isEqualTo(slowOutcome);
            alike += slowOutcome.startsWith("[text") ? 1 : 0;
            before = chunk;
        }
        assertThat(alike).isGreaterThan(5_000);
    }

    private static String outcome(ChunkReader reader, Log log, byte[] bytes, int offset, int length) {
        try {
            reader.read(bytes, offset, length);
            return log.entries.toString();
        } catch (IOException e) {
            return "no chunk";
        }
    }

    private static byte[] embed(byte[] chunk, Random random) {
        byte[] embedded = new byte[chunk.length + random.nextInt(20)];
        random.nextBytes(embedded);
        System.arraycopy(chunk, 0, embedded, embedded.length - chunk.length, chunk.length);
        return embedded;
    }

    private static final String[] TEXTS = {
        "",
        "a",
        " word",
        "\\n",
        "\\\"",
        "\\\\",
        "\\u00e4",
        "\u5fae\u7b11",
        "\ud83d\ude00",
        "\\ud83d",
        "\ufffd",
        "'",
        "}",
        "{\"",
        "\t",
        "\"},\"finish_reason\":\"stop\",\"x\":{\"y\":\"",
        "\",\"content\":\"b"
    };

    private static String chunk(Random random) {
        String text = TEXTS[random.nextInt(TEXTS.length)];
        return switch (random.nextInt(8)) {
            case 0 -> "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\",\"reasoning_content\":null}}]}";
            case 1 -> "{\"choices\":[{\"delta\":{\"content\":\"\",\"reasoning_content\":\"" + text + "\"}}]}";
            case 2 -> "{ \"choices\" : [ {\"delta\": {\"content\" :\"" + text + "\" , \"refusal\":null} }]}";
            case 3 -> "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}]}";
            case 4 -> "{\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"" + text + "\"}}]}";
            case 5 -> "{\"usage\":{\"prompt_tokens\":1},\"choices\":[{\"delta\":{\"content\":\"" + text + "\"}}]}";
            case 6 ->
                "{\"choices\":[{\"delta\":{\"reasoning\":\"" + text + "\",\"reasoning_content\":\"" + text + "\"}}]}";
            default ->
                "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text
                        + "\"},\"finish_reason\":null}],\"usage\":null}";
        };
    }

    /** The same chunk with a few bytes put in, taken out or changed, mostly within a text. */
    private static byte[] changed(byte[] chunk, Random random) {
        String text = new String(chunk, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("content\":\"");
        at = at < 0 || random.nextInt(10) == 0 ? random.nextInt(text.length()) : Math.min(at + 10, text.length());
        String put = new String(
                TEXTS[random.nextInt(TEXTS.length)].getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        if (random.nextInt(20) == 0) {
            put = String.valueOf((char) random.nextInt(256));
        }
        int cut = text.length() > 400 ? 300 : random.nextInt(3) == 0 ? random.nextInt(3) : 0;
        int rest = Math.min(at + cut, text.length());
        String result = text.substring(0, at) + put + text.substring(rest);
        return result.isEmpty() ? chunk : result.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void read(ChunkReader reader, String chunk) throws IOException {
        byte[] bytes = chunk.getBytes(StandardCharsets.UTF_8);
        reader.read(bytes, 0, bytes.length);
    }
}
