package org.o1api.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String IDS = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
    private static final String VALID = "00-" + IDS + "-01";

    /** Each row: what the client sent, and the value for the provider. */
    @ParameterizedTest
    @CsvSource({
        "00-" + IDS + "-00, 00-" + IDS + "-00",
        "00-" + IDS + "-01, 00-" + IDS + "-01",
        "00-" + IDS + "-ff, 00-" + IDS + "-ff",
        "' 00-" + IDS + "-01 ', 00-" + IDS + "-01",
        "01-" + IDS + "-01, 00-" + IDS + "-01",
        "01-" + IDS + "-fe, 00-" + IDS + "-02",
        "cc-" + IDS + "-03-what-will-be, 00-" + IDS + "-03",
        "cc-" + IDS + "-00-, 00-" + IDS + "-00",
    })
    void acceptsAValidTraceparent(String sent, String expected) {
        assertThat(traceparent(sent)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + IDS,
                "00-" + IDS + "-",
                "00-" + IDS + "-1",
                "00-" + IDS + "-001",
                "00-" + IDS + "-01-",
                "00-" + IDS + "-01-later",
                "00-" + IDS + "-01, 00-" + IDS + "-01",
                "01-" + IDS + "-01later",
                "0-" + IDS + "-01",
                "ff-" + IDS + "-01",
                "0A-" + IDS + "-01",
                "00-" + IDS + "-0A",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "00-" + IDS + "-01\r\nX-Other: 1",
            })
    void dropsAnInvalidTraceparent(String sent) {
        assertThat(TraceContext.of(List.of(sent), List.of("a=1"))).isNull();
    }

    @Test
    void dropsAnAmbiguousTraceparent() {
        assertThat(TraceContext.of(List.of(VALID, VALID), List.of())).isNull();
        assertThat(TraceContext.of(List.of(), List.of("a=1"))).isNull();
    }

    /** Each row: headers, separated by a bar, and the value for the provider. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
                    rojo=00f067aa0ba902b7,congo=t61rcWkgMzE ; rojo=00f067aa0ba902b7,congo=t61rcWkgMzE
                    a=1|b=2                                 ; a=1,b=2
                    "\ta=1 , b=2 ,, "                       ; a=1,b=2
                    a=x y!~                                 ; a=x y!~
                    a=1,b= 2                                ; a=1,b= 2
                    1t@s/y*s-t_em=1                         ; 1t@s/y*s-t_em=1
                    """)
    void acceptsAValidTracestate(String sent, String expected) {
        assertThat(tracestate(sent.split("\\|"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " , ",
                "a",
                "a=",
                "=1",
                "a=1=2",
                "a=1,b",
                "A=1",
                "@a=1",
                "a =1",
                "a=1;b=\u00e9",
                "a=x\ty",
                "a=1,b=2,a=3",
                "a=1\r\nX-Other: 1",
            })
    void dropsAnInvalidTracestateAlone(String sent) {
        TraceContext trace = TraceContext.of(List.of(VALID), List.of(sent));

        assertThat(trace).isEqualTo(new TraceContext(VALID, null));
    }

    @Test
    void limitsKeyAndValueOfAnEntry() {
        assertThat(tracestate("k".repeat(256) + "=1")).isNotNull();
        assertThat(tracestate("k".repeat(257) + "=1")).isNull();
        assertThat(tracestate("k=" + "v".repeat(256))).isNotNull();
        assertThat(tracestate("k=" + "v".repeat(257))).isNull();
    }

    @Test
    void limitsTheNumberOfEntries() {
        assertThat(tracestate(entries(32, "1"))).hasSize(32 * 4 + 22 + 31);
        assertThat(tracestate(entries(33, "1"))).isNull();
    }

    @Test
    void removesLongEntriesFirstToShortenATracestate() {
        String longEntry = "long=" + "v".repeat(124);
        String[] sent = {longEntry, "a=" + "1".repeat(126), "b=" + "2".repeat(126), "c=" + "3".repeat(126), "d=4"};

        assertThat(tracestate(sent)).isEqualTo(String.join(",", List.of(sent).subList(1, 5)));
        assertThat(tracestate("a=1", longEntry)).isEqualTo("a=1," + longEntry);
    }

    @Test
    void removesTheOldestEntriesToShortenATracestate() {
        String[] sent = entries(20, "v".repeat(40));
        String shortened = Objects.requireNonNull(tracestate(sent));

        assertThat(shortened).hasSizeLessThanOrEqualTo(512);
        List<String> kept = List.of(shortened.split(","));
        assertThat(kept).isEqualTo(List.of(sent).subList(0, kept.size()));
        assertThat(shortened.length() + 1 + sent[kept.size()].length()).isGreaterThan(512);
    }

    @Test
    void hasNoTracestateIfOneEntryIsTooLong() {
        assertThat(tracestate("k".repeat(256) + "=" + "v".repeat(256))).isNull();
    }

    private static @Nullable String traceparent(String sent) {
        TraceContext trace = TraceContext.of(List.of(sent), List.of());
        return trace == null ? null : trace.traceparent();
    }

    private static @Nullable String tracestate(String... sent) {
        return Objects.requireNonNull(TraceContext.of(List.of(VALID), List.of(sent)))
                .tracestate();
    }

    private static String[] entries(int count, String value) {
        return IntStream.range(0, count).mapToObj(i -> "k" + i + "=" + value).toArray(String[]::new);
    }
}
