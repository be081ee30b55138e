package org.o1api.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.model.RawJson;

/** The parser that takes strings from its text reads the same as Jackson's own. */
class JsonStringsTest {
    private static final JsonFactory JACKSON = new JsonFactory();
    private static final String ALPHABET = "\\\\\\\"\"u0aF/bn\u2026\ud83d\ude00{}[]:, \n";
    private static final int TEXTS = 20_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"\"]",
                "[\"a\", \"b\"]",
                "[\"\\\\\"]",
                "[\"\\\"\"]",
                "[\"\\\\\\\"\", \"\\\\\\\\\"]",
                "[\"\\b\\f\\n\\r\\t\\/\"]",
                "[\"\\u0041\\u00e9\\u2026\\ud83d\\ude00\\ud83d\"]",
                "{\"a\\u0062\": \"c\\u0064\", \"e\": [1, \"f\"]}",
                "[\"\u2026\\n\"]",
                "[\"\\x\"]",
                "[\"\\u\"]",
                "[\"\\u12\"]",
                "[\"\\u12\", 1234]",
                "[\"\\u12g4\"]",
                "[\"\\u\uff11\uff12\uff13\uff14\"]",
                "[\"a\nb\"]",
                "[\"a",
                "[\"a\\",
                "[\"a\\\"",
                "[\"a\\u12",
            })
    void readsAsJacksonDoes(String text) throws IOException {
        assertThat(read(Json.trusted().of(text))).isEqualTo(read(JACKSON.createParser(text)));
        String larger = "\"before\"" + text + "]}\"after\"";
        assertThat(read(Json.trusted().of(larger, 8, 8 + text.length()))).isEqualTo(read(JACKSON.createParser(text)));
    }

    @Test
    void readsRandomTextsAsJacksonDoes() throws IOException {
        Random random = new Random(1);
        int valid = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = random.ints(random.nextInt(12), 0, ALPHABET.length())
                    .mapToObj(index -> String.valueOf(ALPHABET.charAt(index)))
                    .collect(Collectors.joining("", "[\"", "\"]"));
            List<String> expected = read(JACKSON.createParser(text));
            assertThat(read(Json.trusted().of(text))).as(text).isEqualTo(expected);
            valid += expected.contains("invalid") ? 0 : 1;
        }
        assertThat(valid).isBetween(TEXTS / 10, TEXTS * 9 / 10);
    }

    /** The strings of a text, then whether it is valid. */
    private static List<String> read(JsonParser json) {
        List<String> strings = new ArrayList<>();
        try (json) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    strings.add(json.getText());
                }
            }
            return strings;
        } catch (IOException e) {
            return List.of("invalid");
        }
    }

    @Test
    void slicesAreNotCopiedAndKeepTheirText() {
        String text =
                " {\"a\" : [1.50, -0e1 ,\"b\\\"\\u0063\", { \"d\" : null } , true],\"a\":\"\\\\\",\"\\u0065\": {}} ";
        JsonSlice object = new JsonSlice(text, 1, text.length() - 1);
        assertThat(object.members())
                .extracting(
                        JsonSlice.Member::name, member -> member.value().raw().text())
                .map(Object::toString)
                .containsExactly(
                        "(\"a\", \"[1.50, -0e1 ,\"b\\\"\\u0063\", { \"d\" : null } , true]\")",
                        "(\"a\", \"\"\\\\\"\")",
                        "(\"e\", \"{}\")");
        List<JsonSlice> elements = object.members().get(0).value().elements();
        assertThat(elements)
                .extracting(JsonSlice::toString)
                .containsExactly("1.50", "-0e1", "\"b\\\"\\u0063\"", "{ \"d\" : null }", "true");
        assertThat(elements).allSatisfy(slice -> assertThat(slice.source()).isSameAs(text));
        assertThat(elements.get(2).string()).isEqualTo("b\"c");
        assertThat(elements.get(3).members().get(0).value().is("null")).isTrue();
        assertThat(elements.get(4).is("tru")).isFalse();
        assertThat(elements.get(4).elements()).isEmpty();
        assertThat(JsonSlices.elements(new RawJson("[[\"a]\"], 2]")))
                .containsExactly(new RawJson("[\"a]\"]"), new RawJson("2"));
    }

    @Test
    void quotesEveryCharacterAsJacksonDoes() {
        for (char c = 0; c < 0x2100; c++) {
            String text = "a" + c;
            String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text));
            assertThat(JsonSlices.quoted(text)).isEqualTo('"' + quoted + '"');
            assertThat(JsonSlices.string(new RawJson(JsonSlices.quoted(text)))).isEqualTo(text);
        }
    }
}
