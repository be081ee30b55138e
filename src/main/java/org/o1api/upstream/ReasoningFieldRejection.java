package org.o1api.upstream;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A provider's rejection of a request because of a field for earlier reasoning.
 *
 * @param field one of {@link ReasoningFields#NAMES}
 * @param namedByParam whether the error's {@code param} names the field
 * @param missing whether the field is missing; otherwise it is not accepted
 */
record ReasoningFieldRejection(String field, boolean namedByParam, boolean missing) {
    /** The field in a path such as {@code messages[1].reasoning_content}. */
    private static final Pattern PARAM = Pattern.compile(
            "(?:.*messages.*[./\\]\\['\"])?(reasoning_content|reasoning_details|thinking_blocks)['\"\\]]*"
                    + "|.*messages.*[./\\['\"](reasoning)['\"\\]]*");

    private static final Pattern NEVER = Pattern.compile("(?!)");

    private static final Map<String, Pattern> FIELD_NAMES = Map.of(
            ReasoningFields.CONTENT,
            Pattern.compile("(?<![a-z0-9])reasoning[_ ]?content(?![a-z0-9_])", Pattern.CASE_INSENSITIVE),
            ReasoningFields.DETAILS,
            Pattern.compile("(?<![a-z0-9])reasoning[_ ]?details(?![a-z0-9_])", Pattern.CASE_INSENSITIVE),
            ReasoningFields.BLOCKS,
            Pattern.compile("(?<![a-z0-9])thinking[_ ]?blocks(?![a-z0-9_])", Pattern.CASE_INSENSITIVE),
            // A common word, so it counts only at the end of a path or as a quoted name.
            ReasoningFields.REASONING,
            Pattern.compile(
                    "messages[\\w.\\[\\]/]{1,40}[./]reasoning(?![\\w.])"
                            + "|[`'\"]reasoning[`'\"](?! (?:to|must|should|has to|needs to|can ?not|is|not) (?:be )?(?:en|dis)abled)",
                    Pattern.CASE_INSENSITIVE));

    /** A list of alternatives, which does not say that one of them is wrong. */
    private static final Pattern ALTERNATIVES = Pattern.compile(
            "(?:, expected [`'\"]|(?:expected|must be|should be) (?:one|any) of)[^\\n]*|did you mean[^\\n]*"
                    + "|(?:allowed|valid|known|supported|permitted) (?:fields|properties|keys|names)[^\\n]*"
                    + "|\\bunless\\b[^\\n,.;]*|\\beither\\b[^\\n]{0,200} or [^\\n.;]*|\\bat least one of\\b[^\\n.;]*"
                    + "|\\bcontent[`'\"]?,? or [`'\"]?reasoning[_ ]content|\\breasoning[_ ]content[`'\"]?,? or [`'\"]?content\\b",
            Pattern.CASE_INSENSITIVE);

    /** Phrases for a required field. */
    private static final Pattern MISSING = phrases(
            "missing",
            "(?<!not )(?<!no longer )requires?d?\\b",
            "(?:must|should|has to|have to)\\b(?! not\\b)(?! (?:be )?(?:removed?|omit|absent|exclude|strip|drop|empty))",
            "(?:can ?not|can't|must not|should not|may not) be (?:empty|blank|null|omitted|missing|absent)",
            "(?:pass|passed|send|sent|give|given|return|returned) (?:it )?back",
            "(?:not|n't) (?:found|present|provided|included|passed|sent|set)\\b",
            "lacks?\\b|lost|without|mandatory|is (?:empty|null|undefined|absent)",
            "(?<!un)(?<!not )expect(?:s|ed)\\b|\\bneeds?\\b",
            "please (?:add|include|keep|pass|provide|return|send)",
            "\u5fc5\u987b|\u5fc5\u586b|\u7f3a\u5c11|\u7f3a\u5931|\u4e0d\u80fd\u4e3a\u7a7a|\u56de\u4f20|\u4f20\u56de");

    /** Phrases for a field that is not accepted. */
    private static final Pattern REJECTED = phrases(
            "extra\\b|additional propert|unexpected|not expected",
            "unknown|unrecogni[sz]ed|not recogni[sz]ed|no such|can ?not find|can't find|does not exist",
            "unsupported|(?:not|n't) (?:be )?support(?:ed)?",
            "(?:not|n't) (?:be )?(?:accept(?:ed)?|allow(?:ed)?|permitted|valid|known|defined)",
            "disallowed|forbidden|prohibited|remove|not required|no longer required",
            "invalid (?:argument|field|key|name|parameter|property)",
            "(?:can ?not|can't|must not|should not|may not) (?:be )?(?:contain|have|include|pass|present|sen[dt]|set|specif|use)",
            "(?:must|should) be (?:absent|dropped|empty|excluded|omitted|stripped)",
            "\u4e0d\u652f\u6301|\u672a\u77e5|\u4e0d\u5141\u8bb8|\u79fb\u9664|\u5220\u9664|\u591a\u4f59");

    /**
     * Recognizes the rejection. Only the provider's own words are searched, as in {@link RejectedFields}.
     *
     * @return null if the error is about something else
     */
    static @Nullable ReasoningFieldRejection of(ProviderErrorBody error, CallRequest request) {
        String param = error.param() == null ? "" : error.param();
        boolean isProse = param.indexOf(' ') >= 0; // MiMo puts its message there
        String text = isProse ? param + "\n" + error.text() : error.text();
        UnquotedText unquoted = new UnquotedText(ALTERNATIVES.matcher(text).replaceAll(""), request);
        String path = isProse ? "" : fieldIn(param);
        if (!path.isEmpty()) {
            return new ReasoningFieldRejection(path, true, unquoted.contains(MISSING) && !unquoted.contains(REJECTED));
        }
        if (request.fields().containsKey(param)) {
            return null;
        }
        return nearest(unquoted);
    }

    /** The first field name that is nearer to a phrase of one kind than to one of the other. */
    private static @Nullable ReasoningFieldRejection nearest(UnquotedText unquoted) {
        List<NamedField> names = ReasoningFields.NAMES.stream()
                .flatMap(name -> unquoted.matches(FIELD_NAMES.getOrDefault(name, NEVER)).stream()
                        .map(at -> new NamedField(name, at)))
                .toList();
        if (names.isEmpty()) {
            return null;
        }
        // Once for all names, because each match is compared with the whole prompt.
        List<MatchResult> missing = unquoted.matches(MISSING);
        List<MatchResult> rejected = unquoted.matches(REJECTED);
        for (NamedField name : names) {
            int toMissing = distance(name.at(), missing);
            int toRejected = distance(name.at(), rejected);
            if (toMissing != toRejected) {
                return new ReasoningFieldRejection(name.field(), false, toMissing < toRejected);
            }
        }
        return null;
    }

    private record NamedField(String field, MatchResult at) {}

    private static String fieldIn(String param) {
        var path = PARAM.matcher(param);
        return !path.matches() ? "" : path.group(1) == null ? path.group(2) : path.group(1);
    }

    /** The distance from a name to the nearest of the given matches; {@code Integer.MAX_VALUE} if there is none. */
    private static int distance(MatchResult name, List<MatchResult> phrases) {
        int nearest = Integer.MAX_VALUE;
        for (MatchResult word : phrases) {
            int distance = word.start() >= name.end() ? word.start() - name.end() : name.start() - word.end();
            nearest = Math.min(nearest, distance);
        }
        return nearest;
    }

    private static Pattern phrases(String... alternatives) {
        return Pattern.compile(String.join("|", alternatives), Pattern.CASE_INSENSITIVE);
    }
}
