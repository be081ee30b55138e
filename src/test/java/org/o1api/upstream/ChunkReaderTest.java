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
import org.o1api.model.Delta;
import org.o1api.model.RawJson;
import org.o1api.model.Usage;

class ChunkReaderTest {
    /** Records what it receives. */
    private static final class RecordingSink implements ChunkReader.Sink {
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
        public void image(RawJson json) {
            entries.add("image " + json);
        }

        @Override
        public void toolCall(Delta.ToolCall piece) {
            entries.add("tool " + piece.index() + " " + piece.id() + " " + piece.name() + " " + piece.arguments()
                    + (piece.fields().isEmpty() ? "" : " " + piece.fields()));
        }

        @Override
        public void activity() {
            entries.add("activity");
        }

        @Override
        public void usage(Usage usage) {
            entries.add("usage " + usage.inputTokens() + " " + usage.cachedTokens() + " " + usage.outputTokens() + " "
                    + usage.reasoningTokens());
        }

        @Override
        public void finish(ProviderFinishReason reason) {
            String at = reason.stopSequence() == null ? "" : " at " + reason.stopSequence();
            entries.add("finish " + reason.kind() + " " + reason.value() + at);
        }

        @Override
        public void error(ProviderErrorBody error) {
            entries.add("error " + error.message());
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
            {'choices':[{'message':{'content':'a'},'finish_reason':'stop'}]}       | text a; finish COMPLETE stop
            {'choices':[{'delta':{'content':'a'}},{'delta':{'content':'b'}}]}      | text a
            {'choices':[{'delta':{'content':'a','x':{'content':'b'}}}]}            | text a
            {'x':{'choices':[{'delta':{'content':'b'}}]},'choices':[]}             |
            {'choices':[{'delta':{'content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}}]} | text ab
            {'choices':[{'delta':{'content':[{'type':'thinking','thinking':[{'type':'text','text':'a'}]},{'type':'text','text':'b'}]}}]} | reasoning a; text b
            {'choices':[{'delta':{'content':[1,'x',{'type':'image_url','image_url':null},{'type':'audio'}]}}]} |
            {'choices':[{'delta':{'content':[{'type':'image_url','image_url':{ 'url':'u' }},{'type':'text','text':'a'}]}}]} | text a; image {'type':'image_url','image_url':{ 'url':'u' }}
            {'choices':[{'delta':{'content':{'a':1}}}]}                            |
            {'choices':[{'delta':{'content':7,'reasoning':false,'refusal':1,'images':2,'tool_calls':3,'reasoning_details':4,'extra_content':5}}]} |
            {'choices':[{'message':{'content':'all'},'delta':{'content':'a'}}]}    | text a
            {'choices':[{'delta':{'content':'a'},'message':{'content':'all'}}]}    | text a
            {'choices':[{'message':{'reasoning':'all','tool_calls':[{'id':'i'}]},'delta':{'content':'a'}}]} | text a
            {'choices':[{'delta':{'content':''},'message':{'content':'all'}}]}     |
            {'choices':[{'delta':null,'message':{'content':'all'}}]}               | text all
            {'choices':[{'message':{'content':'all'},'delta':null}]}               | text all
            {'choices':[{'delta':{'images':[{'type':'image_url','image_url':{'url':'u'}, 'n':1e999},7,null]}}]} | image {'type':'image_url','image_url':{'url':'u'}, 'n':1e999}
            {'choices':[{'message':{'content':'','images':[{'b64_json':'x'},{'url':'y'}]},'finish_reason':'stop'}]} | image {'b64_json':'x'}; image {'url':'y'}; finish COMPLETE stop
            {'choices':[{'delta':{'images':[],'content':'a'}}]}                    | text a
            {'choices':[{'delta':{'reasoning_content':'r'}}]}                      | reasoning r
            {'choices':[{'delta':{'reasoning_details':[{'type':'reasoning.text','text':'r'},{'type':'reasoning.text','text':'s'}]}}]} | reasoning rs; activity
            {'choices':[{'delta':{'content':'','reasoning_details':[{'summary':'r','type':'reasoning.summary'}]}}]} | reasoning r; activity
            {'choices':[{'delta':{'reasoning_details':[{'type':'reasoning.text','text':'r'}],'reasoning':'r'}}]} | reasoning r; activity
            {'choices':[{'delta':{'reasoning_content':'r','reasoning_details':[{'type':'reasoning.text','text':'r'}]}}]} | reasoning r; activity
            {'choices':[{'delta':{'reasoning':'','reasoning_details':[{'type':'reasoning.text','text':'r'}]}}]} | reasoning r; activity
            {'choices':[{'message':{'content':'a','reasoning_details':[{'type':'reasoning.text','text':'r','signature':null}]}}]} | reasoning r; text a; activity
            {'choices':[{'delta':{'reasoning_details':[{'type':'reasoning.encrypted','data':'x'}]}}]} | activity
            {'choices':[{'delta':{'reasoning_details':[]}}]}                       |
            {'choices':[{'delta':{'reasoning_details':[null,1,{'text':null}]}}]}   | activity
            {'choices':[{'delta':{'content':'<thought>r','extra_content':{'google':{'thought':true}}}}]} | reasoning r
            {'choices':[{'delta':{'extra_content':{'x':1,'google':{'thought':true}},'content':'r</thought>'}}]} | reasoning r
            {'choices':[{'delta':{'content':'a','extra_content':{'google':{'thought':false,'thought_signature':'x'}}}}]} | text a
            {'choices':[{'delta':{'reasoning':'r'}}]}                              | reasoning r
            {'choices':[{'delta':{'reasoning':'r','reasoning_content':'r'}}]}      | reasoning r
            {'choices':[{'delta':{'reasoning':{'summary':'r'}}}]}                  |
            {'choices':[{'delta':{'content':'','reasoning':'r'}}]}                 | reasoning r
            {'choices':[{'delta':{'refusal':'no'}}]}                               | refusal no
            {'choices':[{'delta':{'content':'a','refusal':'no'}}]}                 | text a; refusal no
            {'choices':[{'delta':{'content':null,'refusal':null}}]}                |
            {'choices':[{'delta':{'refusal':{'a':1}}}]}                            |
            {'choices':[{'finish_reason':'length'}]}                               | finish LENGTH length
            {'choices':[{'finish_reason':'eos'}]}                                  | finish COMPLETE eos
            {'choices':[{'finish_reason':'stop','stop_reason':'END'}]}             | finish COMPLETE stop at END
            {'choices':[{'matched_stop':'END','finish_reason':'stop'}]}            | finish COMPLETE stop at END
            {'choices':[{'finish_reason':'stop','stop_reason':128009,'matched_stop':null}]} | finish COMPLETE stop
            {'choices':[{'index':0,'finish_reason':'stop'},{'index':1,'finish_reason':'stop','stop_reason':'END'}]} | finish COMPLETE stop
            {'choices':[{'delta':{'content':'a'},'finish_reason':null,'stop_reason':null}]} | text a
            {'choices':[{'finish_reason':''}]}                                     |
            {'choices':[{'finish_reason':null}]}                                   |
            {'choices':[],'usage':null}                                            |
            {'usage':{'prompt_tokens':3,'completion_tokens':2}}                    | usage 3 0 2 0
            {'choices':[{'usage':{'prompt_tokens':3,'completion_tokens':2}}]}      | usage 3 0 2 0
            {'choices':[],'x_groq':{'id':'r','usage':{'prompt_tokens':3,'completion_tokens':2}}} | usage 3 0 2 0
            {'choices':[{'usage':{'prompt_tokens':3,'completion_tokens':2}}],'usage':{'prompt_tokens':0,'completion_tokens':0}} | usage 3 0 2 0
            {'usage':{'prompt_tokens':0},'x_groq':{'usage':{'prompt_tokens':3}}}   | usage 3 0 0 0
            {'choices':[],'x_groq':null}                                           |
            {'error':null,'choices':[]}                                            |
            {'error':false,'choices':[]}                                           |
            {'error':'','choices':[{'delta':{'content':'a'}}]}                     | text a
            {'error':{'message':'m','code':429}}                                   | error m
            {'error':{'message':'m','code':null,'metadata':{'a':[1]}}}             | error m
            {'error':'m'}                                                          | error m
            {'error':[1]}                                                          | error null
            {'error':{'message':'m','code':502},'choices':[{'delta':{'content':'a'},'finish_reason':'error'}]} | text a; error m; finish FAILURE error
            {'choices':[{'delta':{'content':''},'finish_reason':'error','error':{'code':502,'message':'m'}}]} | error m; finish FAILURE error
            {'choices':[],'x_groq':{'id':'r','error':'m'}}                         | error m
            {'choices':[],'x_groq':{'error':{'message':'m','code':'c'}}}           | error m
            {'choices':null,'base_resp':{'status_code':1002,'status_msg':'m'}}     | error m
            {'choices':null,'base_resp':{'status_code':2013,'status_msg':'m'}}     | error m
            {'choices':null,'base_resp':{'status_msg':'m','status_code':1004}}     | error m
            {'choices':null,'base_resp':{'status_code':9999}}                      | error null
            {'choices':[{'delta':{'content':'a'}}],'base_resp':{'status_code':0,'status_msg':''}} | text a
            {'choices':[],'base_resp':null}                                        |
            {'object':'error','message':'m','type':'BadRequestError','param':null,'code':400} | error m
            {'code':'InvalidParameter','message':'m','request_id':'r'}             | error m
            {'code':20012,'message':'m','data':null}                               | error m
            {'code':0,'message':'success'}                                         |
            {'code':null,'message':'m'}                                            |
            {'message':'m'}                                                        |
            {'detail':'m'}                                                         | error m
            {'detail':[{'loc':['body','x'],'msg':'m'}]}                            | error m
            {'detail':null}                                                        |
            {'type':'error','message':'m'}                                         | error m
            {'type':'ping','message':'m'}                                          |
            {'id':'x','choices':[{'delta':{'content':'a'}}],'code':1,'message':'m','detail':'d'} | text a
            [{'error':{'code':429,'message':'m','status':'RESOURCE_EXHAUSTED'}}]   | error m
            {'choices':[{'delta':{'tool_calls':[{'index':1,'id':'i','type':'function','function':{'name':'f','arguments':'{'}}]}}]} | tool 0 i f {
            {'choices':[{'delta':{'tool_calls':[{'index':0,'id':'','function':{'name':'','arguments':'x'}}]}}]} | tool 0 null null x
            {'choices':[{'delta':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':'1'}},{'id':'b','function':{'name':'g','arguments':'2'}}]}}]} | tool 0 a f 1; tool 1 b g 2
            {'choices':[{'delta':{'tool_calls':[{'function':{'name':'f'}},{'function':{'name':'g'}}]}}]} | tool 0 null f ~~; tool 1 null g ~~
            {'choices':[{'delta':{'tool_calls':[{'index':-1,'id':'a'}]}}]}         | tool 0 a null ~~
            {'choices':[{'delta':{'tool_calls':[{'index':99999999,'id':'a'}]}}]}   | tool 0 a null ~~
            {'choices':[{'delta':{'tool_calls':[{'id':'a','function':{'name':'f','arguments':{'x':[1,2]}}}]}}]} | tool 0 a f {"x":[1,2]}
            {'choices':[{'delta':{'tool_calls':[{'index':0,'id':'a','x':{'s': 'U0lH'},'n':null,'function':{'name':'f','arguments':'','y':[1.0],'z':2}}]}}]} | tool 0 a f  {x={'s': 'U0lH'}, function={'y':[1.0],'z':2}}
            {'choices':[{'delta':{'tool_calls':[{'index':0,'id':5,'function':'f','type':9}]}}]} | tool 0 null null ~~
            {'choices':[{'delta':{'tool_calls':[7,null]}}]}                        |
            {'choices':[{'delta':{'tool_calls':null}}]}                            |
            """)
    void readsAChunk(String chunk, @Nullable String emitted) throws IOException {
        RecordingSink log = new RecordingSink();
        read(new ChunkReader(log), chunk.replace('\'', '"'));
        String expected = emitted == null ? "" : emitted.replace("~~", "").replace('\'', '"');
        assertThat(String.join("; ", log.entries)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "[{\"a\":1}]",
                "[{\"error\":null}]",
                "\"a\"",
                "<html>",
                "{",
                "{}{}",
                "{} x",
                "{\"choices\":[{\"delta\":{\"content\":\"a",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]"
            })
    void rejectsInvalidChunks(String chunk) {
        assertThatThrownBy(() -> read(new ChunkReader(new RecordingSink()), chunk))
                .isInstanceOf(IOException.class);
    }

    @Test
    void ignoresAMessageAfterDeltasOfTheSameReply() throws IOException {
        RecordingSink log = new RecordingSink();
        ChunkReader reader = new ChunkReader(log);
        read(reader, "{\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}");
        read(reader, "{\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}");
        assertThat(log.entries).containsExactly("text a", "finish COMPLETE stop");
    }

    @Test
    void separatesToolCallsWithoutIndexes() throws IOException {
        RecordingSink log = new RecordingSink();
        ChunkReader reader = new ChunkReader(log);
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"1\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"g\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"2\"}}]}}]}");
        assertThat(log.entries)
                .containsExactly("tool 0 a f ", "tool 0 null null 1", "tool 1 b g ", "tool 1 null null 2");
    }

    @Test
    void separatesToolCallsWithTheSameIndex() throws IOException {
        RecordingSink log = new RecordingSink();
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
        RecordingSink log = new RecordingSink();
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
    void separatesToolCallsWithoutIdsAndIndexes() throws IOException {
        RecordingSink log = new RecordingSink();
        ChunkReader reader = new ChunkReader(log);
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"1\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}}]}");
        read(reader, "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"2\"}}]}}]}");
        assertThat(log.entries)
                .containsExactly("tool 0 null f ", "tool 0 null null 1", "tool 1 null f ", "tool 1 null null 2");
    }

    @Test
    void theTemplateReadsTheSameAsTheParser() {
        Random random = new Random(7);
        int textOutcomes = 0;
        RecordingSink fast = new RecordingSink();
        ChunkReader reader = new ChunkReader(fast);
        byte[] before = null;
        for (int round = 0; round < 40_000; round++) {
            byte[] chunk = before != null && random.nextInt(5) > 0
                    ? changed(before, random)
                    : chunk(random).getBytes(StandardCharsets.UTF_8);
            byte[] embedded = embed(chunk, random);
            int offset = embedded.length - chunk.length;
            fast.entries.clear();
            RecordingSink slow = new RecordingSink();
            String fastOutcome = outcome(reader, fast, embedded, offset, chunk.length);
            String slowOutcome = outcome(new ChunkReader(slow), slow, chunk, 0, chunk.length);
            assertThat(fastOutcome)
                    .as("round %d: %s", round, new String(chunk, StandardCharsets.UTF_8))
                    .isEqualTo(slowOutcome);
            textOutcomes += slowOutcome.startsWith("[text") ? 1 : 0;
            before = chunk;
        }
        assertThat(textOutcomes).isGreaterThan(5_000);
    }

    private static String outcome(ChunkReader reader, RecordingSink log, byte[] bytes, int offset, int length) {
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
        return switch (random.nextInt(11)) {
            case 0 -> "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\",\"reasoning_content\":null}}]}";
            case 1 -> "{\"choices\":[{\"delta\":{\"content\":\"\",\"reasoning_content\":\"" + text + "\"}}]}";
            case 2 -> "{ \"choices\" : [ {\"delta\": {\"content\" :\"" + text + "\" , \"refusal\":null} }]}";
            case 3 -> "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}]}";
            case 4 -> "{\"choices\":[{\"delta\":{\"content\":\"a\",\"content\":\"" + text + "\"}}]}";
            case 5 -> "{\"usage\":{\"prompt_tokens\":1},\"choices\":[{\"delta\":{\"content\":\"" + text + "\"}}]}";
            case 6 ->
                "{\"choices\":[{\"delta\":{\"reasoning\":\"" + text + "\",\"reasoning_content\":\"" + text + "\"}}]}";
            case 7 ->
                "{\"choices\":[{\"delta\":{\"content\":\"" + text
                        + "\",\"extra_content\":{\"google\":{\"thought\":true}}}}]}";
            case 8 ->
                "{\"choices\":[{\"delta\":{\"content\":\"" + text
                        + "\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\"}]}}]}";
            case 9 -> "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\",\"images\":[{\"url\":\"u\"}]}}]}";
            default ->
                "{\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text
                        + "\"},\"finish_reason\":null}],\"usage\":null}";
        };
    }

    /** The same chunk with a few bytes inserted, removed or changed, mostly within a text. */
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
