package org.o1api.reasoning.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pairs of results. To take different ones for the same is worse than the reverse: a vote would end with a wrong majority. */
class AnswerKeyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '~', textBlock = """
            # numbers
            1,000    ¦ 1000.0
            1,000    ¦ 1e3
            1,234    ¦ 1234
            (1,000)  ¦ 1000
            1.000,5  ¦ 1000.5
            1.234,567 ¦ 1234.567
            1.234.567 ¦ 1234567
            1.234.567,89 ¦ 1,234,567.89
            1 234,5  ¦ 1,234.5
            1 234,5 ¦ 1234.5
            1 234,5 ¦ 1234.5
            1 234 567 ¦ 1234567
            10 000 km ¦ 10000
            1'234.5  ¦ 1234.5
            1’234,5  ¦ 1234.5
            1/2      ¦ 0.5
            2/6      ¦ 1/3
            \\dfrac{3}{6} ¦ 1/2
            -\\frac{1}{2} ¦ -0.5
            0,5      ¦ .5
            −5       ¦ -5
            +5       ¦ 5
            5 million ¦ 5,000,000
            about 5 million people ¦ 5e6
            -5 million ¦ -5000000
            2 1/2 million ¦ 2500000
            3 hundred thousand ¦ 300,000
            5,2 Mio. Euro ¦ 5200000
            3 Milliarden ¦ 3e9
            5万       ¦ 50000
            1.2亿人   ¦ 120,000,000
            5千克     ¦ 5
            # units and words that say nothing
            50%      ¦ 50
            50 percent ¦ 50 %
            5 apples ¦ 5
            5 apples left ¦ 5
            about 5  ¦ 5
            5 Joules ¦ 5
            90 Degrees Celsius ¦ 90
            USD 5    ¦ 5 US Dollars
            $5       ¦ 5 dollars
            5 cm²    ¦ 5
            5 m^{2}  ¦ 5 m
            9.8 m/s^2 ¦ 9.8
            5€       ¦ EUR 5
            Total: 5 ¦ 5
            It is 5  ¦ 5
            Janet sells 5 eggs ¦ 5
            chapter 3 ¦ 3
            # options
            (A)      ¦ A) Paris
            (C)      ¦ C.
            (C)      ¦ C) Paris
            (C)      ¦ C. the capital
            (C)      ¦ C. All of the above
            (C)      ¦ C. 42
            C. Paris ¦ C. Paris, because it is the capital
            Option B ¦ B: because
            B        ¦ B, since A is wrong
            B        ¦ B - Paris
            B        ¦ B – 42
            B        ¦ B is correct
            (B)      ¦ (B) since (A) is 3
            # yes and no
            YES      ¦ yes.
            yes      ¦ 是的。
            yes      ¦ 对
            yes      ¦ Ja!
            yes      ¦ Sí
            yes      ¦ да
            yes      ¦ はい
            no       ¦ 不是
            no       ¦ Nein.
            no       ¦ нет
            # dates and times
            2024-01-05 ¦ 2024/01/05
            2024-01-05 ¦ January 5, 2024
            Jan. 5, 2024 ¦ 5 January 2024
            Friday, January 5th, 2024 ¦ 2024年1月5日
            January 5 ¦ 5 Jan
            May 5    ¦ 5 May
            5 p.m.   ¦ 5 PM
            3:00 PM  ¦ 15:00
            3:30 p.m. ¦ 3:30pm
            # text
            New York ¦ new-york
            The Hague ¦ Hague
            CO₂      ¦ CO2
            x²       ¦ x^{2}
            Gödel ¦ GÖDEL
            {"a":1}  ¦ { "a" : 1 }
            """)
    void sameResultsAreEqual(String one, String other) {
        assertThat(AnswerKey.of(one)).isNotNull().isEqualTo(AnswerKey.of(other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '¦', quoteCharacter = '~', textBlock = """
            # numbers
            1   ¦ -1
            1,2 ¦ 12
            1,234 ¦ 1.234
            5 100 ¦ 5100
            9999999999999999 ¦ 9999999999999998
            1/3 ¦ 0.33
            50% ¦ 0.5
            五   ¦ 四十二
            192.168.0.1 ¦ 192.168.0.2
            3.10.1 ¦ 3.10.2
            101_2 ¦ 101
            5 million ¦ 5 billion
            5 million ¦ 5
            5 Millionen ¦ 5 Milliarden
            5 Billionen ¦ 5 Billion
            5k dollars ¦ 5 dollars
            €5M ¦ €5
            5万分之一 ¦ 5
            # several numbers
            (1,2) ¦ (1,3)
            (1,2) ¦ 1.2
            {1,2} ¦ 1.2
            [1, 2) ¦ (1, 2]
            [2, ∞) ¦ (2, ∞)
            (-∞, 2] ¦ (-∞, 2)
            1 and 2 ¦ 2
            1.5, 2 ¦ 1, 5.2
            -1/2, 3 ¦ 1/2, 3
            (1, -2) ¦ (1, 2)
            5-6 ¦ 5-7
            1990-1995 ¦ 1995
            3-1 ¦ 2-1
            (a) 5 (b) 6 ¦ (a) 5 (b) 7
            a) 5, b) yes ¦ a) 5, b) no
            A: 5, B: 3 ¦ A: 6, B: 3
            # expressions
            x = -2, y = 3 ¦ x = 2, y = 3
            x = -a ¦ x = a
            -x + 1 ¦ x + 1
            a - b ¦ ab
            m/s ¦ ms
            2/3 pi ¦ 2/3
            5 x^2 ¦ 5
            5m^2 ¦ 5
            3 sqrt(2) ¦ 3
            5C2 ¦ 5C3
            f(5) ¦ 5
            5 mod 7 ¦ 5
            # limits, directions, times
            World War 2 ¦ Windows 2
            World War 2 ¦ 2
            Apollo 11 ¦ 11
            Boeing 747 ¦ 747
            GPT-4 ¦ 4
            Route 66 in Texas ¦ 66
            windows 2 ¦ 2
            10 Downing Street ¦ 10
            2001: A Space Odyssey ¦ 2001
            Genesis chapter 3 ¦ Exodus chapter 3
            Chapter 3 of Genesis ¦ Chapter 3 of Exodus
            Act 2, Scene 3 ¦ Act 2, Scene 4
            at least 5 ¦ less than 5
            at least 5 ¦ 5
            no more than 5 ¦ 5
            over 5 ¦ under 5
            > 5 ¦ < 5
            > 5 ¦ 5
            ≥ 5 ¦ 5
            ±5 ¦ 5
            minus 5 ¦ 5
            5 or more ¦ 5 or less
            5 or more ¦ 5
            5 people or fewer ¦ 5 people
            5+ ¦ 5
            5 more ¦ 5 less
            5% increase ¦ 5% decrease
            an increase of 5% ¦ a decrease of 5%
            a loss of $5 ¦ a profit of $5
            5 degrees north ¦ 5 degrees south
            5 below zero ¦ 5
            summer of 1969 ¦ winter of 1969
            5 PM ¦ 5 AM
            12:00 AM ¦ 12:00 PM
            3:00 ¦ 3:30
            5 o'clock ¦ 5 minutes
            15 Uhr ¦ 15.30 Uhr
            500 BC ¦ 500 AD
            5th century BC ¦ 5th century AD
            2024-01-05 ¦ 2024-05-01
            January 5, 2024 ¦ January 6, 2024
            05/06/2024 ¦ 2024-06-05
            5 Jan ¦ 5
            5. Januar 2024 ¦ 5. Februar 2024
            # options and names
            A   ¦ B
            C++ ¦ C
            C#  ¦ C
            F# minor ¦ F minor
            J. K. Rowling ¦ J.R.R. Tolkien
            J. K. Rowling ¦ J
            A. Einstein ¦ A. Turing
            A. Einstein ¦ A
            C. de Gaulle ¦ C. de Sade
            U.S. ¦ U.K.
            U. S. ¦ U
            E. coli ¦ E. faecalis
            M. Curie ¦ M. Planck
            P = NP ¦ P
            C:\\x ¦ C:\\y
            N is 5 ¦ N is 7
            P (A) = 0.5 ¦ P (A) = 0.6
            A - B ¦ A - C
            A/B ¦ A
            Louis 14 ¦ Louis 16
            Henry VIII ¦ Henry VII
            # yes and no
            yes ¦ true
            yes or no ¦ yes
            No. 5 ¦ No. 7
            No. 5 ¦ no
            是苹果 ¦ yes
            ja, aber nicht immer ¦ yes
            """)
    void otherResultsDiffer(String one, String other) {
        assertThat(AnswerKey.of(one)).isNotNull().isNotEqualTo(AnswerKey.of(other));
    }

    /** For a single answer, as in an evaluation. */
    @ParameterizedTest
    @CsvSource({"A. Paris, (A), true", "(A), A. Paris, true", "A. Paris, (B), false", "A. Einstein, A. Turing, false"})
    void anOptionDecidesWhatALetterIs(String one, String other, boolean agrees) {
        assertThat(key(one).agreesWith(key(other))).isEqualTo(agrees);
    }

    @Test
    void aNumberHasItsValueAsLabel() {
        assertThat(key("5 million").label()).isEqualTo("5000000");
        assertThat(key("A. Einstein").label()).isEqualTo("A. Einstein");
    }

    private static AnswerKey key(String result) {
        return Objects.requireNonNull(AnswerKey.of(result));
    }
}
