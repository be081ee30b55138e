package org.o1api.upstream;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the HTTP status for an error that was reported without one, from its own number or the provider's code. */
final class ErrorStatus {
    private record StatusWords(int status, Pattern pattern) {
        StatusWords(int status, String words) {
            this(status, Pattern.compile(words));
        }
    }

    /** In order of precedence: {@code invalid_api_key} is not an invalid request. */
    private static final List<StatusWords> STATUS_WORDS = List.of(
            new StatusWords(401, "authentic|unauthori[sz]ed|api_?key|available_key|invalid_token"),
            new StatusWords(402, "billing|payment|balance|arrear|insufficient_(?:funds|credits)"),
            new StatusWords(403, "permission|forbidden|access_denied"),
            new StatusWords(404, "not_found|not_exist"),
            new StatusWords(
                    429, "rate_?limit|too_many_requests|exhausted|throttl|quota|limit_(?:requests|reached|burst)"),
            new StatusWords(503, "overloaded|unavailable|over_capacity|capacity_exceeded"),
            new StatusWords(413, "(?:request|payload|entity|body)_too_large"),
            new StatusWords(504, "time_?out|timed_out|deadline"),
            new StatusWords(409, "conflict|aborted"),
            new StatusWords(501, "not_?implemented|unimplemented"),
            new StatusWords(
                    400,
                    "invalid|bad_request|unsupported|unknown_param|missing|validation|unprocessable|out_of_range"
                            + "|above_max|below_min|too_long|content_filter|content_policy|sensitive|data_inspection"
                            + "|moderation|precondition|json_validate_failed|tool_use_failed|extra_forbidden"),
            new StatusWords(500, "internal|server_error|api_error|upstream|generation|^unknown$|bad_response|failed"));

    /** The account has no credit left: waiting does not help. */
    private static final Pattern OUT_OF_CREDIT =
            Pattern.compile("insufficient_(?:user_)?quota|exceeded_current_quota.*|billing.*|1113");

    private ErrorStatus() {}

    /** Whether the provider rejects a request because the account has no credit, whatever the status. */
    static boolean isOutOfCredit(ProviderErrorBody error) {
        return Stream.of(error.code(), error.type())
                .anyMatch(word -> word != null && OUT_OF_CREDIT.matcher(word).matches());
    }

    /** The status; 0 if it is unknown. */
    static int of(ProviderErrorBody error) {
        if (error.status() != 0) {
            return error.status();
        }
        int byCode = of(error.code());
        return byCode != 0 ? byCode : of(error.type());
    }

    private static int of(@Nullable String given) {
        if (given == null) {
            return 0;
        }
        if (given.matches("\\d+")) {
            return ofZhipu(given);
        }
        String word = given.replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z]+", "_");
        return STATUS_WORDS.stream()
                .filter(entry -> entry.pattern().matcher(word).find())
                .map(StatusWords::status)
                .findFirst()
                .orElse(0);
    }

    private static int ofZhipu(String code) {
        return switch (code) {
            case "1000", "1001", "1002", "1003", "1004" -> 401;
            case "1110", "1111", "1112", "1220" -> 403;
            case "1113", "1302", "1303", "1304", "1305", "1308", "1309", "1310", "1312", "1313" -> 429;
            case "1211", "1221", "1222" -> 404;
            case "1210", "1212", "1213", "1214", "1215", "1261", "1301" -> 400;
            case "1230", "1234", "500" -> 500;
            default -> 0;
        };
    }

    /** Maps a status code of MiniMax's {@code base_resp}. */
    static int ofMiniMax(int number) {
        return switch (number) {
            case 1001 -> 504;
            case 1002, 1041, 2056 -> 429;
            case 1004, 2049 -> 401;
            case 1008 -> 402;
            case 1026, 1027, 1039, 1042, 1043, 2013 -> 400;
            default -> 500;
        };
    }
}
