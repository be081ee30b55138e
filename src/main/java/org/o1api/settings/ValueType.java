package org.o1api.settings;

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
 * A kind of value: how its text is read, and what is allowed.
 *
 * @param allowed as errors and docs say it
 * @param allowedNames the names of which one has to be meant; empty for other kinds
 * @param emptyIsAbsent whether an empty text is the same as no key
 * @param display a refused text as an error may show it
 * @param printer a value as the config would write it
 */
public record ValueType<T>(
        String allowed,
        List<String> allowedNames,
        boolean emptyIsAbsent,
        Function<String, String> display,
        Function<String, Optional<T>> parser,
        Function<T, String> printer) {
    private static final int SHOWN = 60;
    private static final int MAX_LINE_LENGTH = 4096;
    private static final String OFF = "off";
    private static final Pattern INTEGER = Pattern.compile("\\d{1,15}");
    private static final Pattern SHA256_PATTERN = Pattern.compile("[0-9a-fA-F]{64}");

    public static final ValueType<Boolean> BOOLEAN = of("true, false", ValueType::flag, Object::toString);
    public static final ValueType<String> LINE = of("one line of text", ValueType::line, line -> line);
    public static final ValueType<String> SECRET_LINE = LINE.hidden();
    /** What clients can send in a header: HTTP transports no others reliably, and a blank at an end gets lost. */
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
    public static final ValueType<URI> HTTP_URL = address("an http:// or https:// URL with a host")
            .where("an http:// or https:// URL with a host", uri -> isHttp(uri) || "https".equals(scheme(uri)));
    public static final ValueType<URI> PROXY_URL = address("http://[user:password@]host:port")
            .where("http://[user:password@]host:port", uri -> isHttp(uri) && uri.getPort() > 0)
            .hidden();

    public static <T> ValueType<T> of(
            String allowed, Function<String, Optional<T>> parser, Function<T, String> printed) {
        return new ValueType<>(allowed, List.of(), true, ValueType::quoted, parser, printed);
    }

    /** Words to a model: several lines, never blank. */
    public static ValueType<String> multiline(String allowed, Predicate<String> rule) {
        return new ValueType<>(
                allowed,
                List.of(),
                false,
                ValueType::quoted,
                text -> Optional.of(text).filter(words -> !words.isBlank()).filter(rule),
                text -> text);
    }

    public static ValueType<Long> integer(long min, long max) {
        return of("a whole number, " + min + " to " + max, ValueType::integer, Object::toString)
                .filtered(number -> min <= number && number <= max);
    }

    public static ValueType<Duration> duration(Duration min, Duration max) {
        return of(
                        "a duration, " + DurationText.format(min) + " to " + DurationText.format(max),
                        DurationText::parse,
                        DurationText::format)
                .filtered(duration -> min.compareTo(duration) <= 0 && duration.compareTo(max) <= 0);
    }

    /** The same, or {@code off}: then the value is an empty one. */
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

    public static ValueType<Long> size(long min, long max) {
        return of("a size, " + SizeText.format(min) + " to " + SizeText.format(max), SizeText::parse, SizeText::format)
                .filtered(size -> min <= size && size <= max);
    }

    public static <T> ValueType<T> oneOf(Collection<T> values, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        values.forEach(value -> byName.put(name.apply(value), value));
        return new ValueType<>(
                String.join(", ", byName.keySet()),
                List.copyOf(byName.keySet()),
                true,
                ValueType::quoted,
                text -> Optional.ofNullable(byName.get(text)),
                name);
    }

    /** A name that something else in the file has. */
    public static ValueType<String> reference(String what, Collection<String> names) {
        return new ValueType<>(
                what,
                List.copyOf(names),
                true,
                ValueType::quoted,
                text -> Optional.of(text).filter(names::contains),
                name -> name);
    }

    /** The same, with something added to a refused text that an error shows. */
    public ValueType<T> withNote(UnaryOperator<String> note) {
        return new ValueType<>(
                allowed, allowedNames, emptyIsAbsent, text -> display.apply(text) + note.apply(text), parser, printer);
    }

    /** The same, but never shown. */
    public ValueType<T> hidden() {
        return new ValueType<>(allowed, allowedNames, emptyIsAbsent, text -> "a value (not shown)", parser, printer);
    }

    /** The same with a rule more, and other words for what is allowed. */
    public ValueType<T> where(String nowAllowed, Predicate<T> rule) {
        return new ValueType<>(
                nowAllowed,
                allowedNames,
                emptyIsAbsent,
                display,
                text -> parser.apply(text).filter(rule),
                printer);
    }

    /** What is wrong with a text that could not be read. */
    public String errorMessage(String found, String text) {
        String list = String.join(", ", allowedNames);
        String names = allowedNames.isEmpty() || list.equals(allowed) ? "" : " (" + list + ")";
        return "found " + found + ", allowed: " + allowed + names + Suggestions.hint(text, allowedNames);
    }

    private ValueType<T> filtered(Predicate<T> rule) {
        return where(allowed, rule);
    }

    private static ValueType<URI> address(String allowed) {
        return new ValueType<>(
                allowed, List.of(), true, ValueType::withoutSecrets, text -> uri(text.strip()), URI::toString);
    }

    private static Optional<Boolean> flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Long> integer(String text) {
        return INTEGER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    private static Optional<String> line(String text) {
        boolean fits = text.length() <= MAX_LINE_LENGTH
                && !text.isBlank()
                && text.chars().noneMatch(Character::isISOControl);
        return fits ? Optional.of(text) : Optional.empty();
    }

    private static Optional<URI> uri(String text) {
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
        return quoted(url.replaceFirst("//[^/?#]*@", "//...@").replaceFirst("\\?.*", "?..."));
    }

    private static String quoted(String text) {
        String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
        return "'" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line) + "'";
    }
}
