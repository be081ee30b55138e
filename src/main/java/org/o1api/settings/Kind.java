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
 * @param known the names of which one has to be meant; empty for other kinds
 * @param emptyIsAbsent whether an empty text is the same as no key
 * @param shown a refused text as an error may show it
 * @param printed a value as the config would write it
 */
public record Kind<T>(
        String allowed,
        List<String> known,
        boolean emptyIsAbsent,
        Function<String, String> shown,
        Function<String, Optional<T>> parser,
        Function<T, String> printed) {
    private static final int SHOWN = 60;
    private static final int LINE = 4096;
    private static final String OFF = "off";
    private static final Pattern INTEGER = Pattern.compile("\\d{1,15}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

    public static final Kind<Boolean> FLAG = of("true, false", Kind::flag, Object::toString);
    public static final Kind<String> LINE_OF_TEXT = of("one line of text", Kind::line, line -> line);
    public static final Kind<String> SECRET = LINE_OF_TEXT.hidden();
    /** What clients can send in a header: HTTP transports no others reliably, and a blank at an end gets lost. */
    public static final Kind<String> KEY = LINE_OF_TEXT
            .which(
                    "visible ASCII characters without spaces",
                    Pattern.compile("[!-~]+").asMatchPredicate())
            .hidden();

    public static final Kind<String> HEADER_VALUE = LINE_OF_TEXT
            .which(
                    "visible ASCII characters, with spaces only between them",
                    Pattern.compile("[!-~]+(?: +[!-~]+)*").asMatchPredicate())
            .hidden();
    public static final Kind<String> HASH =
            LINE_OF_TEXT.which("64 hex digits", SHA256.asMatchPredicate()).hidden();
    public static final Kind<URI> HTTP = address("an http:// or https:// URL with a host")
            .which("an http:// or https:// URL with a host", uri -> isHttp(uri) || "https".equals(scheme(uri)));
    public static final Kind<URI> PROXY = address("http://[user:password@]host:port")
            .which("http://[user:password@]host:port", uri -> isHttp(uri) && uri.getPort() > 0)
            .hidden();

    public static <T> Kind<T> of(String allowed, Function<String, Optional<T>> parser, Function<T, String> printed) {
        return new Kind<>(allowed, List.of(), true, Kind::quoted, parser, printed);
    }

    /** Words to a model: several lines, never blank. */
    public static Kind<String> words(String allowed, Predicate<String> rule) {
        return new Kind<>(
                allowed,
                List.of(),
                false,
                Kind::quoted,
                text -> Optional.of(text).filter(words -> !words.isBlank()).filter(rule),
                text -> text);
    }

    public static Kind<Long> integer(long min, long max) {
        return of("a whole number, " + min + " to " + max, Kind::integer, Object::toString)
                .filtered(number -> min <= number && number <= max);
    }

    public static Kind<Duration> duration(Duration min, Duration max) {
        return of(
                        "a duration, " + DurationText.of(min) + " to " + DurationText.of(max),
                        DurationText::parse,
                        DurationText::of)
                .filtered(duration -> min.compareTo(duration) <= 0 && duration.compareTo(max) <= 0);
    }

    /** The same, or {@code off}: then the value is an empty one. */
    public Kind<Optional<T>> orOff() {
        return new Kind<>(
                allowed + ", or " + OFF,
                known,
                emptyIsAbsent,
                shown,
                text -> {
                    Optional<T> value = parser.apply(text);
                    return value.isPresent() || text.equals(OFF) ? Optional.of(value) : Optional.empty();
                },
                value -> value.map(printed).orElse(OFF));
    }

    public static Kind<Long> size(long min, long max) {
        return of("a size, " + SizeText.of(min) + " to " + SizeText.of(max), SizeText::parse, SizeText::of)
                .filtered(size -> min <= size && size <= max);
    }

    public static <T> Kind<T> oneOf(Collection<T> values, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        values.forEach(value -> byName.put(name.apply(value), value));
        return new Kind<>(
                String.join(", ", byName.keySet()),
                List.copyOf(byName.keySet()),
                true,
                Kind::quoted,
                text -> Optional.ofNullable(byName.get(text)),
                name);
    }

    /** A name that something else in the file has. */
    public static Kind<String> nameOf(String what, Collection<String> names) {
        return new Kind<>(
                what,
                List.copyOf(names),
                true,
                Kind::quoted,
                text -> Optional.of(text).filter(names::contains),
                name -> name);
    }

    /** The same, with something added to a refused text that an error shows. */
    public Kind<T> noting(UnaryOperator<String> note) {
        return new Kind<>(allowed, known, emptyIsAbsent, text -> shown.apply(text) + note.apply(text), parser, printed);
    }

    /** The same, but never shown. */
    public Kind<T> hidden() {
        return new Kind<>(allowed, known, emptyIsAbsent, text -> "a value that is not shown here", parser, printed);
    }

    /** The same with a rule more, and other words for what is allowed. */
    public Kind<T> which(String nowAllowed, Predicate<T> rule) {
        return new Kind<>(
                nowAllowed,
                known,
                emptyIsAbsent,
                shown,
                text -> parser.apply(text).filter(rule),
                printed);
    }

    /** What is wrong with a text that could not be read. */
    public String complaint(String found, String text) {
        String list = String.join(", ", known);
        String names = known.isEmpty() || list.equals(allowed) ? "" : " (" + list + ")";
        return "found " + found + ", allowed: " + allowed + names + Nearest.hint(text, known);
    }

    private Kind<T> filtered(Predicate<T> rule) {
        return which(allowed, rule);
    }

    private static Kind<URI> address(String allowed) {
        return new Kind<>(allowed, List.of(), true, Kind::withoutSecrets, text -> uri(text.strip()), URI::toString);
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
        boolean fits = text.length() <= LINE && !text.isBlank() && text.chars().noneMatch(Character::isISOControl);
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
