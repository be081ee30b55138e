package org.o1api.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a refusal says, to recognise the same refusal of another request. Words with digits do not count: indices, request IDs, times. */
record RefusalWording(String code, String param, String statement) {
    static final RefusalWording NONE = new RefusalWording("", "", "");

    private static final Pattern WORD = Pattern.compile("[\\w-]++");

    static RefusalWording of(ErrorBody error) {
        return new RefusalWording(
                error.code() == null ? "" : error.code(),
                withoutNumbers(error.param()),
                withoutNumbers(error.statement()));
    }

    private static String withoutNumbers(@Nullable String text) {
        return text == null
                ? ""
                : WORD.matcher(text)
                        .replaceAll(word -> word.group().chars().anyMatch(Character::isDigit) ? "#" : word.group());
    }
}
