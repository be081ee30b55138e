import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Generates a question set with its answers: {@code java GenerateQuestions.java SEED FILE}. The same seed makes the same questions.
 * The file {@code mixed.jsonl} beside this one is made with the seed 16.
 */
public final class GenerateQuestions {
    private static final List<String> NAMES =
            List.of("Ada", "Bo", "Chen", "Dara", "Emil", "Femi", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lena");
    private static final List<String> THINGS =
            List.of("pencils", "apples", "stamps", "marbles", "buttons", "shells", "cards", "tiles");
    private static final List<String> ITEMS =
            List.of("lamp", "book", "clock", "vase", "radio", "plant", "chair", "globe", "guitar", "mirror");

    private final Random random;
    private final List<String> lines = new ArrayList<>();

    private GenerateQuestions(long seed) {
        random = new Random(seed);
    }

    public static void main(String[] arguments) throws Exception {
        GenerateQuestions generator = new GenerateQuestions(Long.parseLong(arguments[0]));
        generator.generate();
        Files.writeString(Path.of(arguments[1]), String.join("\n", generator.lines) + "\n");
    }

    private void generate() {
        for (int i = 1; i <= 30; i++) {
            arithmetic(i);
        }
        for (int i = 1; i <= 20; i++) {
            date(i);
        }
        for (int i = 1; i <= 25; i++) {
            order(i);
        }
        for (int i = 1; i <= 25; i++) {
            truth(i);
        }
    }

    private void add(String topic, int number, String kind, String question, String answer) {
        lines.add(String.format(
                Locale.ROOT,
                "{\"id\": \"%s-%02d\", \"kind\": \"%s\", \"question\": \"%s\", \"answer\": \"%s\"}",
                topic,
                number,
                kind,
                question.replace("\n", "\\n"),
                answer));
    }

    private void arithmetic(int number) {
        String name = pick(NAMES);
        String things = pick(THINGS);
        int a = between(12, 60);
        int b = between(3, 9);
        int c = between(4, 11);
        switch (number % 6) {
            case 0 -> add(
                    "arithmetic",
                    number,
                    "number",
                    name + " packs " + things + " into boxes of " + b + ". There are " + (a * b + c % b) + " " + things
                            + ". How many of them are left when no further box can be filled?",
                    String.valueOf(c % b));
            case 1 -> add(
                    "arithmetic",
                    number,
                    "number",
                    name + " has " + a + " " + things + " and buys " + b + " packs of " + c
                            + ". Half of the new ones are broken and thrown away; an odd one counts as whole. How many "
                            + things + " does " + name + " have in the end?",
                    String.valueOf(a + (b * c + 1) / 2));
            case 2 -> add(
                    "arithmetic",
                    number,
                    "number",
                    "A train leaves at " + time(8 * 60 + a) + " and makes " + b + " stops of " + c
                            + " minutes each. Without stops it needs " + (a + 40)
                            + " minutes. How many minutes after 8:00 does it arrive?",
                    String.valueOf(a + b * c + a + 40));
            case 3 -> add(
                    "arithmetic",
                    number,
                    "number",
                    name + " reads " + b + " pages on the first day and each day " + c
                            + " pages more than on the day before. How many pages does " + name + " read in 6 days?",
                    String.valueOf(6 * b + 15 * c));
            case 4 -> add(
                    "arithmetic",
                    number,
                    "number",
                    "A shop sells " + things + " at " + b + " for " + (b * c) + " euros. " + name + " pays with "
                            + (a * c + a % 7 + b) + " euros for " + a + " " + things + ". How many euros does " + name
                            + " get back?",
                    String.valueOf(a % 7 + b));
            default -> add(
                    "arithmetic",
                    number,
                    "number",
                    name + " is " + b + " years older than " + pickOther(name) + ". In " + c
                            + " years they will be " + (2 * (a + c) + b) + " years old together. How old is " + name
                            + " now?",
                    String.valueOf(a + b));
        }
    }

    private void date(int number) {
        LocalDate date = LocalDate.of(between(1996, 2031), between(1, 12), between(1, 28));
        int days = between(20, 120);
        switch (number % 4) {
            case 0 -> add(
                    "date",
                    number,
                    "text",
                    "What is the date " + days + " days after " + date + "? Answer in the form YYYY-MM-DD.",
                    date.plusDays(days).toString());
            case 1 -> add(
                    "date",
                    number,
                    "text",
                    "On which day of the week is the date " + days + " days after a " + day(date.getDayOfWeek())
                            + "? Answer with its English name.",
                    day(date.plusDays(days).getDayOfWeek()));
            case 2 -> add(
                    "date",
                    number,
                    "number",
                    "How many days are there from " + date + " to " + date.plusDays(days)
                            + ", without the first and with the last one?",
                    String.valueOf(days));
            default -> add(
                    "date",
                    number,
                    "text",
                    "Today is " + date + ". The meeting was " + days
                            + " days ago and was then moved one week later. On which date was it held? Answer in the form YYYY-MM-DD.",
                    date.minusDays(days).plusDays(7).toString());
        }
    }

    /** A unique order from clues about neighbours; the question is about one place. */
    private void order(int number) {
        int size = number % 2 == 0 ? 5 : 4;
        List<String> order = new ArrayList<>(ITEMS);
        Collections.shuffle(order, random);
        order = order.subList(0, size);
        List<String> clues = new ArrayList<>();
        for (int i = 0; i + 1 < size; i++) {
            clues.add(random.nextBoolean()
                    ? "The " + order.get(i) + " is cheaper than the " + order.get(i + 1) + "."
                    : "The " + order.get(i + 1) + " is more expensive than the " + order.get(i) + ".");
        }
        Collections.shuffle(clues, random);
        int place = between(0, size - 1);
        List<String> options = new ArrayList<>(order);
        Collections.shuffle(options, random);
        StringBuilder question = new StringBuilder("A shop sells " + size + " things at different prices. "
                + String.join(" ", clues) + " Which one is the " + place(place, size) + "?\nOptions:");
        for (int i = 0; i < size; i++) {
            question.append("\n(").append((char) ('A' + i)).append(") the ").append(options.get(i));
        }
        add("order", number, "option", question.toString(), "(" + (char) ('A' + options.indexOf(order.get(place))) + ")");
    }

    private static String place(int place, int size) {
        if (place == 0) {
            return "cheapest";
        }
        if (place == size - 1) {
            return "most expensive";
        }
        return List.of("second cheapest", "third cheapest", "fourth cheapest").get(place - 1);
    }

    private void truth(int number) {
        if (number % 2 == 0) {
            Expression expression = expression(3);
            add(
                    "truth",
                    number,
                    "yes_no",
                    "What is the value of this expression, True or False? \\\"not\\\" binds tighter than \\\"and\\\", and \\\"and\\\" tighter than \\\"or\\\".\n"
                            + expression.text(),
                    expression.value() ? "True" : "False");
        } else {
            walk(number);
        }
    }

    private record Expression(String text, boolean value) {}

    private Expression expression(int depth) {
        if (depth == 0) {
            boolean value = random.nextBoolean();
            return new Expression(value ? "True" : "False", value);
        }
        Expression one = expression(depth - 1);
        Expression other = expression(depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> new Expression("not (" + one.text() + ")", !one.value());
            case 1 -> new Expression("(" + one.text() + ") and (" + other.text() + ")", one.value() && other.value());
            default -> new Expression("(" + one.text() + ") or (" + other.text() + ")", one.value() || other.value());
        };
    }

    private void walk(int number) {
        String name = pick(NAMES);
        int x = 0;
        int y = 0;
        List<String> steps = new ArrayList<>();
        boolean back = random.nextBoolean();
        for (int i = 0; i < 4; i++) {
            int length = between(1, 9);
            switch (random.nextInt(4)) {
                case 0 -> {
                    y += length;
                    steps.add(length + " steps north");
                }
                case 1 -> {
                    y -= length;
                    steps.add(length + " steps south");
                }
                case 2 -> {
                    x += length;
                    steps.add(length + " steps east");
                }
                default -> {
                    x -= length;
                    steps.add(length + " steps west");
                }
            }
        }
        int surplus = back ? 0 : between(1, 2);
        steps.add((Math.abs(x) + surplus) + " steps " + (x > 0 ? "west" : "east"));
        steps.add(Math.abs(y) + " steps " + (y > 0 ? "south" : "north"));
        add(
                "truth",
                number,
                "yes_no",
                name + " walks " + String.join(", then ", steps) + ". Is " + name
                        + " back at the start? Answer yes or no.",
                back ? "yes" : "no");
    }

    private String pick(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private String pickOther(String name) {
        String other = pick(NAMES);
        return other.equals(name) ? NAMES.get((NAMES.indexOf(name) + 1) % NAMES.size()) : other;
    }

    private int between(int min, int max) {
        return min + random.nextInt(max - min + 1);
    }

    private static String time(int minutes) {
        return String.format(Locale.ROOT, "%d:%02d", minutes / 60, minutes % 60);
    }

    private static String day(DayOfWeek day) {
        return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }
}
