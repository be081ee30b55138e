package org.o1api.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The normalized wording of a rejection, to recognize the same rejection of another request. Words with digits are masked: they may
 * be indexes, request ids or times.
 */
record RejectionWording(String code, String param, String text) {
    static final RejectionWording NONE = new RejectionWording("", "", "");

    private static final Pattern WORD = Pattern.compile("[\\w-]++");

    static RejectionWording of(ProviderErrorBody error) {
        return new RejectionWording(
                error.code() == null ? "" : error.code(), withoutNumbers(error.param()), withoutNumbers(error.text()));
    }

    private static String withoutNumbers(@Nullable String text) {
        return text == null
                ? ""
                : WORD.matcher(text)
                        .replaceAll(word -> word.group().chars().anyMatch(Character::isDigit) ? "#" : word.group());
    }
}
