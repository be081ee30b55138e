package org.o1api.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A type of config values: how to parse its text, and what is allowed.
 *
 * @param allowed the allowed values, as in error messages and docs
 * @param allowedNames the allowed names, for "did you mean"; empty if the type is not an enumeration
 * @param emptyIsAbsent whether an empty text counts as an absent key
 * @param display formats an invalid text for an error message, without secrets
 * @param parser parses a text; empty if it is invalid
 * @param printer formats a value in the notation of the config
 */
public record ValueType<T>(
        String allowed,
        List<String> allowedNames,
        boolean emptyIsAbsent,
        Function<String, String> display,
        Function<String, Optional<T>> parser,
        Function<T, String> printer) {
    private static final int MAX_DISPLAYED = 60;
    private static final int MAX_LINE_LENGTH = 4096;
    private static final String OFF = "off";
    private static final Pattern INTEGER = Pattern.compile("\\d{1,15}");
    private static final Pattern DECIMAL = Pattern.compile("\\d{1,15}(?:\\.\\d{1,15})?");
    private static final Pattern SHA256_PATTERN = Pattern.compile("[0-9a-fA-F]{64}");

    public static final ValueType<Boolean> BOOLEAN = of("true, false", ValueType::parseBoolean, Object::toString);
    public static final ValueType<String> LINE = of("one line of text", ValueType::parseLine, line -> line);
    public static final ValueType<String> SECRET_LINE = LINE.hidden();
    /** Restricted to what HTTP headers transport reliably: other characters may change, and spaces at the ends get lost. */
    public static final ValueType<String> API_KEY = LINE.where(
                    "visible ASCII characters without spaces",
                    Pattern.compile("[!-~]+").asMatchPredicate())
            .hidden();

    public static final ValueType<String> HEADER_VALUE = LINE.where(
                    "visible ASCII characters, with spaces only between them",
                    Pattern.compile("[!-~]+(?: +[!-~]+)*").asMatchPredicate())
            .hidden();
    public static final ValueType<String> SHA256_HEX =
            LINE.where("64 hex digits", SHA256_PATTERN.asMatchPredicate()).hidden();
    public static final ValueType<URI> HTTP_URL = url("an http:// or https:// URL with a host")
            .where("an http:// or https:// URL with a host", uri -> isHttp(uri) || "https".equals(scheme(uri)));
    public static final ValueType<URI> PROXY_URL = url("http://[user:password@]host:port")
            .where("http://[user:password@]host:port", uri -> isHttp(uri) && uri.getPort() > 0)
            .hidden();

    /** A type whose empty texts count as absent. */
    public static <T> ValueType<T> of(
            String allowed, Function<String, Optional<T>> parser, Function<T, String> printed) {
        return new ValueType<>(allowed, List.of(), true, ValueType::quote, parser, printed);
    }

    /** Text for a model: may have several lines, must not be blank. */
    public static ValueType<String> multiline(String allowed, Predicate<String> rule) {
        return new ValueType<>(
                allowed,
                List.of(),
                false,
                ValueType::quote,
                text -> Optional.of(text).filter(words -> !words.isBlank()).filter(rule),
                text -> text);
    }

    /** A whole number; both bounds are inclusive. */
    public static ValueType<Long> integer(long min, long max) {
        return of("a whole number, " + min + " to " + max, ValueType::parseInteger, Object::toString)
                .filtered(number -> min <= number && number <= max);
    }

    /** A decimal number such as {@code 0.25}, without an exponent; both bounds are inclusive. */
    public static ValueType<BigDecimal> decimal(BigDecimal min, BigDecimal max) {
        return of(
                        "a number, " + min.toPlainString() + " to " + max.toPlainString(),
                        ValueType::parseDecimal,
                        BigDecimal::toPlainString)
                .filtered(number -> min.compareTo(number) <= 0 && number.compareTo(max) <= 0);
    }

    /** A duration such as {@code 5s}; both bounds are inclusive. */
    public static ValueType<Duration> duration(Duration min, Duration max) {
        return of(
                        "a duration, " + DurationText.format(min) + " to " + DurationText.format(max),
                        DurationText::parse,
                        DurationText::format)
                .filtered(duration -> min.compareTo(duration) <= 0 && duration.compareTo(max) <= 0);
    }

    /** This type or {@code off}, which reads as an empty {@code Optional}. */
    public ValueType<Optional<T>> orOff() {
        return new ValueType<>(
                allowed + ", or " + OFF,
                allowedNames,
                emptyIsAbsent,
                display,
                text -> {
                    Optional<T> value = parser.apply(text);
                    return value.isPresent() || text.equals(OFF) ? Optional.of(value) : Optional.empty();
                },
                value -> value.map(printer).orElse(OFF));
    }

    /** A number of bytes such as {@code 10MiB}; both bounds are inclusive. */
    public static ValueType<Long> size(long min, long max) {
        return of("a size, " + SizeText.format(min) + " to " + SizeText.format(max), SizeText::parse, SizeText::format)
                .filtered(size -> min <= size && size <= max);
    }

    /** One of several values, by name. */
    public static <T> ValueType<T> oneOf(Collection<T> values, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        values.forEach(value -> byName.put(name.apply(value), value));
        return new ValueType<>(
                String.join(", ", byName.keySet()),
                List.copyOf(byName.keySet()),
                true,
                ValueType::quote,
                text -> Optional.ofNullable(byName.get(text)),
                name);
    }

    /** The name of something that the file defines elsewhere. */
    public static ValueType<String> reference(String what, Collection<String> names) {
        return new ValueType<>(
                what,
                List.copyOf(names),
                true,
                ValueType::quote,
                text -> Optional.of(text).filter(names::contains),
                name -> name);
    }

    /** This type, with a note on the invalid text in error messages. */
    public ValueType<T> withNote(UnaryOperator<String> note) {
        return new ValueType<>(
                allowed, allowedNames, emptyIsAbsent, text -> display.apply(text) + note.apply(text), parser, printer);
    }

    /** This type, with its values never shown in error messages. */
    public ValueType<T> hidden() {
        return new ValueType<>(allowed, allowedNames, emptyIsAbsent, text -> "a value (not shown)", parser, printer);
    }

    /** This type with an additional rule, and a description that replaces {@link #allowed}. */
    public ValueType<T> where(String newAllowed, Predicate<T> rule) {
        return new ValueType<>(
                newAllowed,
                allowedNames,
                emptyIsAbsent,
                display,
                text -> parser.apply(text).filter(rule),
                printer);
    }

    /** The error message for a text that could not be parsed. */
    public String errorMessage(String found, String text) {
        String list = String.join(", ", allowedNames);
        String names = allowedNames.isEmpty() || list.equals(allowed) ? "" : " (" + list + ")";
        return "found " + found + ", allowed: " + allowed + names + Suggestions.hint(text, allowedNames);
    }

    private ValueType<T> filtered(Predicate<T> rule) {
        return where(allowed, rule);
    }

    private static ValueType<URI> url(String allowed) {
        return new ValueType<>(
                allowed, List.of(), true, ValueType::withoutSecrets, text -> parseUri(text.strip()), URI::toString);
    }

    private static Optional<Boolean> parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Long> parseInteger(String text) {
        return INTEGER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Optional<BigDecimal> parseDecimal(String text) {
        return DECIMAL.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }

    private static Optional<String> parseLine(String text) {
        boolean fits = text.length() <= MAX_LINE_LENGTH
                && !text.isBlank()
                && text.chars().noneMatch(Character::isISOControl);
        return fits ? Optional.of(text) : Optional.empty();
    }

    private static Optional<URI> parseUri(String text) {
        try {
            URI uri = new URI(text);
            return uri.getHost() == null || uri.getPort() > 65535 ? Optional.empty() : Optional.of(uri);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean isHttp(URI uri) {
        return "http".equals(scheme(uri));
    }

    private static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static String withoutSecrets(String url) {
        return quote(url.replaceFirst("//[^/?#]*@", "//...@").replaceFirst("\\?.*", "?..."));
    }

    private static String quote(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return "'" + (line.length() > MAX_DISPLAYED ? line.substring(0, MAX_DISPLAYED) + "..." : line) + "'";
    }
}
