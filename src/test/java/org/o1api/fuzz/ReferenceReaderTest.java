package org.o1api.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.o1api.fuzz.Interpretation.End;
import org.o1api.fuzz.WireReply.Piece;

/** Tests of the reference implementation itself. */
class ReferenceReaderTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private static final String HALF =
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"It is\"},\"finish_reason\":null}]}\n\n";

    private static WireReply reply(String wire, WireReply.End end) {
        return new WireReply(List.of(new Piece(wire)), end, List.of(), false, false);
    }

    private static String finish(String reason) {
        return "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}\n\n";
    }

    @ParameterizedTest
    @CsvSource({
        "stop,COMPLETE",
        "EOS,COMPLETE",
        "tool_calls,COMPLETE",
        "length,LENGTH",
        "whatever,LENGTH",
        "safety,CONTENT_FILTER"
    })
    void aFinishReasonCompletesAReply(String reason, End end) {
        for (WireReply.End connection : WireReply.End.values()) {
            assertThat(ReferenceReader.interpretations(reply(HEAD + HALF + finish(reason), connection), false))
                    .contains(new Interpretation("It is", "", "", end))
                    .extracting(Interpretation::end)
                    .containsOnly(end);
        }
    }

    @Test
    void aThinkBlockMayFollowAnUnopenedOne() {
        String text = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hm.</think>\\n<think>So\"}}]}\n\n";
        assertThat(ReferenceReader.interpretations(reply(HEAD + text + finish("length"), WireReply.End.CLOSE), false))
                .contains(new Interpretation("", "", "", End.LENGTH));
    }

    @Test
    void doneCompletesText() {
        assertThat(ReferenceReader.interpretations(reply(HEAD + HALF + "data: [DONE]\n\n", WireReply.End.RESET), false))
                .containsOnly(new Interpretation("It is", "", "", End.COMPLETE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HALF,
                HALF + "data: {\"error\":{\"message\":\"no\"}}\n\ndata: [DONE]\n\n",
                HALF + "event: error\ndata: x\n\ndata: [DONE]\n\n",
                HALF + "data: {\"choi\n\ndata: [DONE]\n\n",
                HALF + "data: {\"type\":\"sorry\"}\n\ndata: [DONE]\n\n",
                "<html>" + HALF + "data: [DONE]\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":\"}}]}}]}\n\ndata: [DONE]\n\n",
                ""
            })
    void aTruncatedReplyIsNotComplete(String body) {
        for (WireReply.End connection : WireReply.End.values()) {
            assertThat(ReferenceReader.interpretations(reply(HEAD + body, connection), false))
                    .isEmpty();
        }
        assertThat(ReferenceReader.interpretations(reply(HEAD + body + finish("error"), WireReply.End.CLOSE), false))
                .isEmpty();
    }

    @Test
    void truncatedJsonIsNotComplete() {
        assertThat(ReferenceReader.interpretations(reply(HEAD + HALF + "data: [DONE]\n\n", WireReply.End.CLOSE), true))
                .isEmpty();
    }

    @Test
    void bodiesAreFramedByHttp() {
        String body = HALF + finish("stop");
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(HALF.length())
                + "\r\n" + HALF + "\r\n0\r\n\r\n" + finish("stop");
        String length = "HTTP/1.1 200 OK\r\nContent-Length: " + HALF.length() + "\r\n\r\n" + body;
        String failed = "HTTP/1.1 500 No\r\n\r\n" + body;
        for (String wire : List.of(chunked, length, failed)) {
            assertThat(ReferenceReader.interpretations(reply(wire, WireReply.End.CLOSE), false))
                    .as(wire)
                    .isEmpty();
        }
    }
}
