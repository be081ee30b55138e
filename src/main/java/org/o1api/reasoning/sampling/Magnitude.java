package org.o1api.reasoning.sampling;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What multiplies a number: the words after it, such as {@code million}, {@code Mio.} or {@code 万}. Not {@code k} and {@code M}, which can
 * be units or variables.
 *
 * @param power the power of ten
 * @param end the index after the words
 */
record Magnitude(int power, int end) {
    private static final Map<String, Integer> POWERS = powers(
            2, "hundred",
            3, "thousand thousands tausend тысяча тысячи тысяч тыс 千",
            4, "万 萬 만",
            5, "lakh lakhs",
            6,
                    "million millions mio mn millionen millón millones milhão milhões milione milioni миллион миллиона миллионов млн 百万",
            7, "crore crores 千万",
            8, "亿 億 억",
            9,
                    "billion billions bn milliarde milliarden milliard milliards mrd bilhão bilhões miliardo miliardi миллиард миллиарда"
                            + " миллиардов млрд 十亿",
            12, "trillion trillions billionen 万亿");

    private static final Pattern WORD = Pattern.compile("[ \\u00a0\\u202f-]?(\\p{L}{1,12}+)\\.?");
    /** 千 also starts units, such as 千克 (kilogram); 万分之一 is a fraction. */
    private static final Pattern HAN = Pattern.compile(" ?(千万|百万|十亿|万亿|[万萬亿億]|만|억|千(?![克米瓦卡赫焦帕]))(?![分千万萬亿億]|\\d)");

    private static Map<String, Integer> powers(Object... words) {
        Map<String, Integer> powers = new HashMap<>();
        for (int i = 0; i < words.length; i += 2) {
            for (String word : ((String) words[i + 1]).split(" ", -1)) {
                powers.put(word, (Integer) words[i]);
            }
        }
        return Map.copyOf(powers);
    }

    /** Reads what follows a number that ends at an index. */
    static Magnitude at(String text, int start) {
        Magnitude first = word(text, start);
        Magnitude second = word(text, first.end); // hundred thousand
        return new Magnitude(first.power + second.power, second.end);
    }

    private static Magnitude word(String text, int start) {
        Matcher han = HAN.matcher(text).region(start, text.length());
        Matcher word = WORD.matcher(text).region(start, text.length());
        Matcher found = han.lookingAt() ? han : word.lookingAt() ? word : null;
        Integer power = found == null ? null : POWERS.get(found.group(1).toLowerCase(Locale.ROOT));
        return found == null || power == null ? new Magnitude(0, start) : new Magnitude(power, found.end(1));
    }
}
