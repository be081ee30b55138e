package org.o1api.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.o1api.json.Json;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportTest {
    private static final String EVIL = "<script>alert('x')</script> & \"quoted\" \u0001";

    /** 20 questions: {@code first} is right in the first 8 of them, {@code second} in 5 to 16, and the last turn of it failed. */
    private static Report report(Evaluation.End end) {
        return report(end, 1);
    }

    private static Report report(Evaluation.End end, int repetitions) {
        List<Question> questions = new ArrayList<>();
        List<TrialResult> results = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            Question question = new Question(
                    "q" + i, EVIL + " question " + i, "a" + i, i % 2 == 0 ? QuestionKind.NUMBER : QuestionKind.OPTION);
            questions.add(question);
            results.add(result("first", question, i <= 8, null, 100, 0.001));
            results.add(result(
                    "second", question, i >= 5 && i <= 16, i == 20 ? "upstream_failed: " + EVIL : null, 400, 0.002));
        }
        RunDescription run = new RunDescription(
                List.of("first", "second"),
                Map.of("first", "fp_1", "second", "fp_2"),
                List.of("some.jsonl"),
                "hash",
                repetitions,
                7L);
        return new Report(run, end, questions, "EUR", results);
    }

    private static TrialResult result(
            String preset, Question question, boolean correct, @Nullable String failure, long tokens, double cost) {
        return new TrialResult(
                new Trial.Key(preset, question.id(), 0),
                correct,
                "the answer",
                correct ? question.answer() : EVIL,
                failure,
                "answered",
                2,
                0,
                tokens,
                tokens / 2,
                BigDecimal.valueOf(cost),
                preset.equals("first") ? 1.25 : 2.5);
    }

    @Test
    void comparesPresetsOnTheSameQuestions() {
        Comparison comparison = report(Evaluation.End.COMPLETED).comparisons().get(0);

        assertThat(comparison).isEqualTo(new Comparison("first", "second", 4, 4, new McNemar(4, 8)));
        assertThat(comparison.difference()).isEqualTo(-0.2);
    }

    @Test
    void printsTables() {
        String text = ReportText.of(report(Evaluation.End.COMPLETED));

        assertThat(text.lines().map(line -> line.replaceAll("  +", "|")))
                .contains(
                        "preset|accuracy|95 % interval|turns|failed|calls|samples|tokens in|tokens out|cost|time mean|median",
                        "first|40.0 %|21.9–61.3|20|0|2.0|0.0|100|50.0|0.02 EUR|1.25 s|1.25 s",
                        "second|60.0 %|38.7–78.1|20|1|2.0|0.0|400|200|0.04 EUR|2.50 s|2.50 s",
                        "first / second|-20.0 points|20|4|8|0.267|0.388");
    }

    @Test
    void warnsThatRepetitionsAreNotIndependent() {
        String warning = "the intervals are too narrow, and the p-values too small";
        Report once = report(Evaluation.End.COMPLETED);
        Report twice = report(Evaluation.End.COMPLETED, 2);

        assertThat(ReportText.of(once)).doesNotContain(warning);
        assertThat(ReportHtml.of(once)).doesNotContain(warning);
        assertThat(ReportText.of(twice)).contains(warning);
        assertThat(ReportHtml.of(twice)).contains(warning);
    }

    @Test
    void writesJson() throws Exception {
        JsonNode json =
                Json.trusted().tree(new String(ReportJson.bytes(report(Evaluation.End.COST)), StandardCharsets.UTF_8));

        assertThat(json.path("end").asText()).isEqualTo("cost");
        assertThat(json.path("seed").asInt()).isEqualTo(7);
        JsonNode second = json.path("presets").path(1);
        assertThat(second.path("system_fingerprint").asText()).isEqualTo("fp_2");
        assertThat(second.path("accuracy").path("right").asInt()).isEqualTo(12);
        assertThat(second.path("by_kind").path("option").path("of").asInt()).isEqualTo(10);
        assertThat(second.path("failed").asInt()).isEqualTo(1);
        assertThat(second.path("cost").asDouble()).isEqualTo(0.04);
        assertThat(json.path("comparisons").path(0).path("only_second_right").asInt())
                .isEqualTo(8);
    }

    @Test
    void writesOneWellFormedPage() throws Exception {
        String html = ReportHtml.of(report(Evaluation.End.COMPLETED));
        Document page = parse(html);

        assertThat(cells(page.getElementsByTagName("tr").item(2)))
                .containsExactly(
                        "second",
                        "60.0 %",
                        "38.7–78.1",
                        "20",
                        "1",
                        "2.0",
                        "–",
                        "400",
                        "200",
                        "0.04 EUR",
                        "2.50 s",
                        "2.50 s");
        assertThat(page.getElementsByTagName("details").getLength()).isEqualTo(12);
        assertThat(page.getElementsByTagName("desc").item(0).getTextContent())
                .isEqualTo("first: 40.0 % (21.9–61.3) with 150 tokens; second: 60.0 % (38.7–78.1) with 600 tokens");
        assertThat(html).contains("Failed turns", "upstream_failed: &lt;script&gt;");
    }

    @Test
    void thePageNeedsNothingElse() throws Exception {
        String html = ReportHtml.of(report(Evaluation.End.COMPLETED));

        assertThat(html)
                .doesNotContain("<script", "<link", "<img", "src=", "href=", "url(", "@import", "http:", "https:");
        assertThat(parse(html).getElementsByTagName("svg").getLength()).isGreaterThan(2);
    }

    @Test
    void thePageSaysThatARunIsIncomplete() {
        Report complete = report(Evaluation.End.COMPLETED);
        Report stopped = new Report(
                complete.description(),
                Evaluation.End.STOPPED,
                List.of(new Question("q1", "?", "1", QuestionKind.NUMBER)),
                null,
                List.of());

        assertThat(ReportHtml.of(complete)).doesNotContain("Incomplete");
        assertThat(ReportHtml.of(stopped)).contains("0 of 2 turns are done: the run was stopped");
    }

    private static Document parse(String html) throws Exception {
        DocumentBuilder parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        return parser.parse(new InputSource(new StringReader(html)));
    }

    private static List<String> cells(org.w3c.dom.Node row) {
        NodeList children = row.getChildNodes();
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element cell) {
                cells.add(cell.getTextContent().strip());
            }
        }
        return cells;
    }
}
