package org.o1api.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.o1api.model.ErrorCode;
import org.o1api.upstream.UpstreamSettings.Timeouts;

/** Creates the exceptions for the failures of one upstream. Their messages contain no key, address or class name. */
final class UpstreamErrors {
    private static final int MAX_MESSAGE_LENGTH = 500;
    private static final int MIN_SECRET_LENGTH = 4;
    /** Anthropic's status of an overload, which providers behind gateways have, too. */
    private static final int OVERLOADED = 529;

    private static final Pattern URL =
            Pattern.compile("[a-z][a-z0-9+.-]{1,20}://[^\\s\"'<>]+", Pattern.CASE_INSENSITIVE);
    /** A field's path or an error code. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.$/\\[\\]-]{1,128}");

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Cf}\\u2028\\u2029]+");

    private final Timeouts timeouts;
    private final Duration maxRetryWait;
    private final List<Pattern> secrets = new ArrayList<>();

    UpstreamErrors(UpstreamSettings settings) {
        timeouts = settings.timeouts();
        maxRetryWait = settings.limits().maxRetryWait();
        List<String> candidates = new ArrayList<>();
        for (String value : settings.headers().values()) {
            candidates.add(value);
            candidates.addAll(List.of(value.split("\\s+"))); // the scheme and the credentials
        }
        candidates.add(settings.apiKey() == null ? "" : settings.apiKey());
        for (URI address :
                settings.proxy() == null ? List.of(settings.url()) : List.of(settings.url(), settings.proxy())) {
            candidates.add(address.toString());
            candidates.add(address.getRawAuthority());
            candidates.add(address.getHost());
            addUser(candidates, address.getUserInfo());
            addUser(candidates, address.getRawUserInfo());
            candidates.add(address.getRawQuery());
        }
        candidates.removeIf(word -> word == null || word.length() < MIN_SECRET_LENGTH);
        candidates.sort(Comparator.comparing(String::length).reversed());
        candidates.forEach(word -> secrets.add(Pattern.compile(Pattern.quote(word), Pattern.CASE_INSENSITIVE)));
    }

    private static void addUser(List<String> candidates, @Nullable String user) {
        if (user != null) {
            candidates.add(user);
            candidates.add(user.substring(user.indexOf(':') + 1));
        }
    }

    /** Formats a duration for messages. */
    static String durationText(Duration time) {
        long millis = time.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    static UpstreamException connectTimeout(Timeouts timeouts, @Nullable Throwable cause) {
        return new UpstreamException(
                ErrorCode.UPSTREAM_TIMEOUT,
                "The model provider could not be reached within " + durationText(timeouts.connect())
                        + " (upstreams.*.timeouts.connect).",
                true,
                cause);
    }

    /** The queue of calls that wait for a slot is full. */
    static UpstreamException queueFull(UpstreamSettings.Limits limits) {
        return retrySoon(
                ErrorCode.RATE_LIMIT_EXCEEDED,
                "The gateway is at its limit of " + limits.concurrency()
                        + " concurrent calls to this model provider (upstreams.*.concurrency), and the queue of "
                        + limits.queue() + " waiting calls is full (upstreams.*.queue). Retry shortly.");
    }

    /** No slot became free within the timeout. */
    static UpstreamException slotTimeout(Duration timeout, UpstreamSettings.Limits limits) {
        return retrySoon(
                ErrorCode.OVERLOADED,
                "The gateway was at its limit of " + limits.concurrency()
                        + " concurrent calls to this model provider (upstreams.*.concurrency) for "
                        + durationText(timeout) + ". Retry shortly.");
    }

    private static UpstreamException retrySoon(ErrorCode code, String message) {
        return new UpstreamException(code, message, false, Duration.ofSeconds(1), 0, null);
    }

    static UpstreamException shuttingDown() {
        return new UpstreamException(
                ErrorCode.SHUTTING_DOWN,
                "The gateway is stopping. Retry shortly, or use another instance.",
                false,
                null);
    }

    /**
     * A retryable failure of the provider.
     *
     * @param what a predicate for "The model provider"
     */
    static UpstreamException providerFailed(String what, @Nullable Throwable cause) {
        return new UpstreamException(ErrorCode.UPSTREAM_FAILED, "The model provider " + what + ".", true, cause);
    }

    static UpstreamException incompleteReply() {
        return providerFailed("sent an incomplete reply", null);
    }

    /** The provider sent something other than a chunk. */
    static UpstreamException notACompletion(@Nullable Throwable cause) {
        return providerFailed("sent a reply that is not a chat completion", cause);
    }

    /** The provider sent more than the configured limit. */
    static UpstreamException tooLarge(String what, int limit) {
        return new UpstreamException(
                ErrorCode.UPSTREAM_FAILED,
                "The model provider sent " + what + " larger than " + limit / 1024 + " KiB (upstreams.*.event).",
                false,
                null);
    }

    UpstreamException ofException(Exception thrown) {
        return switch (TransportFailure.of(thrown)) {
            case TIMEOUT -> connectTimeout(timeouts, thrown);
            case UNKNOWN_HOST, UNREACHABLE -> providerFailed("could not be reached", thrown);
            case TLS -> providerFailed("could not be reached over TLS", thrown);
            case CONNECTION_LOST -> providerFailed("broke the connection or sent invalid data", thrown);
            case UNEXPECTED -> providerFailed("could not be called: internal error", thrown);
        };
    }

    /**
     * An error status.
     *
     * @param retryAfter the wait that the response's headers ask for
     */
    UpstreamException ofStatus(int status, @Nullable Duration retryAfter, ProviderErrorBody body) {
        boolean contextExceeded = ContextLength.isExceeded(status, body);
        ErrorCode code = contextExceeded ? ErrorCode.UPSTREAM_REFUSED : codeOf(status);
        String message = code == ErrorCode.UPSTREAM_REFUSED ? rejectedMessage(status, body) : statusMessage(status);
        return create(code, message, status, retryAfter, isRequestError(code), body);
    }

    private static boolean isRequestError(ErrorCode code) {
        return code == ErrorCode.UPSTREAM_REFUSED || code == ErrorCode.UPSTREAM_REQUEST_TOO_LARGE;
    }

    /**
     * An error inside a reply with a success status. It is treated like the same error with its own status; the provider's code and
     * message are kept unless the provider rejects the gateway itself.
     */
    UpstreamException ofErrorInReply(ProviderErrorBody body) {
        boolean contextExceeded = ContextLength.isExceeded(0, body);
        int status = contextExceeded ? 400 : ErrorStatus.of(body);
        ErrorCode code = status == 0 ? ErrorCode.UPSTREAM_FAILED : codeOf(status);
        if (isRequestError(code) || code == ErrorCode.UPSTREAM_MISCONFIGURED) {
            return ofStatus(status, null, body);
        }
        String message = body.message() == null ? body.text() : body.message();
        return create(
                code,
                message.isBlank()
                        ? "The model provider reported an error."
                        : "The model provider reported an error: " + sanitize(message),
                status,
                null,
                true,
                body);
    }

    private UpstreamException create(
            ErrorCode code,
            String message,
            int status,
            @Nullable Duration headerRetryAfter,
            boolean keepsNames,
            ProviderErrorBody body) {
        Duration wait = headerRetryAfter == null ? body.retryAfter() : headerRetryAfter;
        if (wait == null && (status == 429 || status == 503 || status == OVERLOADED)) {
            wait = RetryAfter.findIn(body.text());
        }
        boolean contextExceeded = code == ErrorCode.UPSTREAM_REFUSED && ContextLength.isExceeded(status, body);
        String param = keepsNames ? sanitizeName(body.param()) : null;
        String providerCode = contextExceeded ? ContextLength.CODE : keepsNames ? sanitizeName(body.code()) : null;
        boolean waitAllowed = wait == null || wait.compareTo(maxRetryWait) <= 0;
        boolean retryable = !contextExceeded
                && waitAllowed
                && !ErrorStatus.isOutOfCredit(body)
                && (isTransient(status) || body.isGenerationFailure());
        return new UpstreamException(
                code,
                message,
                retryable,
                new UpstreamException.ProviderError(status, wait, param, providerCode, body),
                null);
    }

    private static ErrorCode codeOf(int status) {
        return switch (status) {
            case 400, 422 -> ErrorCode.UPSTREAM_REFUSED;
            case 408, 504 -> ErrorCode.UPSTREAM_TIMEOUT;
            case 409 -> ErrorCode.UPSTREAM_FAILED;
            case 413 -> ErrorCode.UPSTREAM_REQUEST_TOO_LARGE;
            case 429 -> ErrorCode.UPSTREAM_RATE_LIMIT;
            case 503, OVERLOADED -> ErrorCode.UPSTREAM_UNAVAILABLE;
            default -> status >= 500 ? ErrorCode.UPSTREAM_FAILED : ErrorCode.UPSTREAM_MISCONFIGURED;
        };
    }

    /** Whether the same request may succeed a moment later. Status 0 means a failure without a status. */
    private static boolean isTransient(int status) {
        return switch (status) {
            case 0, 408, 409, 429 -> true;
            case 501 -> false; // an unsupported request stays unsupported
            default -> status >= 500;
        };
    }

    private static String statusMessage(int status) {
        String message = switch (status) {
            case 401, 403 -> "The model provider rejected the gateway's credentials (%s).";
            case 404 -> "The model provider does not know the URL or the model (%s).";
            case 407 -> "The proxy in front of the model provider rejected the gateway's credentials (%s).";
            case 408 -> "The model provider timed out waiting for the request (%s).";
            case 409 -> "The model provider reported a conflict (%s).";
            case 413 -> "The request is too large for the model provider (%s).";
            case 429 -> "The model provider is rate limiting requests (%s).";
            case 501 -> "The model provider does not support this request (%s).";
            case 503 -> "The model provider is temporarily unavailable (%s).";
            case OVERLOADED -> "The model provider is overloaded (%s).";
            case 504 -> "The model provider reported a timeout (%s).";
            default ->
                status >= 500
                        ? "The model provider failed (%s)."
                        : status >= 300 && status < 400
                                ? "The model provider redirected the request (%s)."
                                : "The model provider rejected the gateway's request (%s).";
        };
        String remedy = codeOf(status) != ErrorCode.UPSTREAM_MISCONFIGURED
                ? ""
                : status / 100 == 3
                        ? " The gateway's operator needs to correct the provider's URL."
                        : " The gateway's operator needs to fix this.";
        return message.replace("%s", String.valueOf(status)) + remedy;
    }

    private String rejectedMessage(int status, ProviderErrorBody body) {
        String message = body.message() == null ? body.text() : body.message();
        return message.isBlank() ? "The model provider rejected the request (" + status + ")." : sanitize(message);
    }

    /** A provider's message without secrets, addresses and control characters, for callers. */
    String sanitize(String message) {
        // A first, generous cut keeps long messages cheap; the exact limit is applied at the end.
        String text = message.substring(0, Math.min(message.length(), 8 * MAX_MESSAGE_LENGTH));
        text = CONTROL.matcher(text).replaceAll(" ");
        for (Pattern secret : secrets) {
            text = secret.matcher(text).replaceAll("[redacted]");
        }
        text = URL.matcher(text).replaceAll("[address]").strip();
        return text.length() <= MAX_MESSAGE_LENGTH ? text : text.substring(0, MAX_MESSAGE_LENGTH - 3) + "...";
    }

    /** A name that a provider sent, if it looks like one and contains no secret; otherwise null. */
    @Nullable
    String sanitizeName(@Nullable String name) {
        return name != null && NAME.matcher(name).matches() && sanitize(name).equals(name) ? name : null;
    }
}
