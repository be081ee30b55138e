package org.o1api.upstream;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a refusal says, to recognise the same refusal of another request. Words with digits do not count: indices, request IDs, times. */
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
