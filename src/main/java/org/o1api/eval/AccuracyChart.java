package org.o1api.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A plot of the accuracy of each preset, with its interval, over the tokens of a turn; as inline SVG. */
final class AccuracyChart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 400;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 48;
    private static final int BOTTOM = 56;
    private static final int LABEL_HEIGHT = 17;
    private static final double CHARACTER_WIDTH = 7.6;
    /** With a larger ratio of the most to the fewest tokens the axis is logarithmic. */
    private static final double MAX_LINEAR_RATIO = 20;

    private final List<PresetSummary> summaries;
    private final boolean logarithmic;
    private final double minTokens;
    private final double maxTokens;
    private final double minAccuracy;
    private final double maxAccuracy;
    private final HtmlText svg = new HtmlText();
    private final List<Box> taken = new ArrayList<>();

    /** A part of the plot that a name must not cover. */
    private record Box(double left, double top, double right, double bottom) {
        boolean overlaps(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        Box higher(double pixels) {
            return new Box(left, top - pixels, right, bottom - pixels);
        }
    }

    private AccuracyChart(List<PresetSummary> summaries) {
        this.summaries = summaries;
        double fewest =
                summaries.stream().mapToDouble(PresetSummary::tokens).min().orElse(1);
        double most = Math.max(
                1, summaries.stream().mapToDouble(PresetSummary::tokens).max().orElse(1));
        logarithmic = fewest > 0 && most / fewest > MAX_LINEAR_RATIO;
        minTokens = logarithmic ? Math.pow(10, Math.floor(Math.log10(fewest * 0.9))) : 0;
        maxTokens = logarithmic ? Math.pow(10, Math.ceil(Math.log10(most * 1.1))) : nice(most * 1.05 / 4) * 4;
        minAccuracy = Math.floor(summaries.stream()
                                .mapToDouble(summary -> summary.accuracy().low())
                                .min()
                                .orElse(0)
                        * 10)
                / 10;
        maxAccuracy = Math.ceil(summaries.stream()
                                .mapToDouble(summary -> summary.accuracy().high())
                                .max()
                                .orElse(1)
                        * 10)
                / 10;
    }

    /** Draws presets that have results, at least one. The n-th one has the colour and the shape of the class {@code series-n}. */
    static HtmlText of(List<PresetSummary> summaries) {
        AccuracyChart chart = new AccuracyChart(summaries);
        chart.draw();
        return chart.svg;
    }

    private void draw() {
        svg.add(
                "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"chart-title chart-text\">",
                WIDTH,
                HEIGHT);
        svg.add("<title id=\"chart-title\">Accuracy over tokens per turn</title>");
        svg.add(
                "<desc id=\"chart-text\">{}</desc>",
                summaries.stream()
                        .map(summary -> summary.preset() + ": "
                                + NumberText.percent(summary.accuracy().value()) + " ("
                                + NumberText.interval(summary.accuracy()) + ") with "
                                + NumberText.mean(summary.tokens())
                                + " tokens")
                        .collect(Collectors.joining("; ")));
        accuracyAxis();
        tokensAxis();
        for (int i = 0; i < summaries.size(); i++) {
            point(i);
        }
        for (int i : byAccuracy()) {
            label(i);
        }
        svg.add("</svg>");
    }

    private void accuracyAxis() {
        double step = maxAccuracy - minAccuracy > 0.55 ? 0.2 : maxAccuracy - minAccuracy > 0.25 ? 0.1 : 0.05;
        for (double value = minAccuracy; value <= maxAccuracy + 1e-9; value += step) {
            svg.add(
                    "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
                    LEFT,
                    WIDTH - RIGHT,
                    y(value),
                    y(value));
            svg.add(
                    "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"end\" dy=\"0.35em\">{} %</text>",
                    LEFT - 8, y(value), Math.round(100 * value));
        }
        svg.add(
                "<text class=\"axis\" transform=\"rotate(-90)\" x=\"{}\" y=\"14\" text-anchor=\"middle\">accuracy</text>",
                -(TOP + HEIGHT - BOTTOM) / 2);
    }

    private void tokensAxis() {
        double base = HEIGHT - BOTTOM;
        svg.add("<line class=\"base\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", LEFT, WIDTH - RIGHT, base, base);
        for (double value : ticks()) {
            svg.add(
                    "<line class=\"base\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>",
                    x(value),
                    x(value),
                    base,
                    base + 5);
            svg.add(
                    "<text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                    x(value),
                    base + 20,
                    String.format(Locale.ROOT, "%,.0f", value));
        }
        svg.add(
                "<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">tokens per turn, input and output{}</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 12,
                logarithmic ? " (logarithmic)" : "");
    }

    private List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double value = minTokens; value <= maxTokens * 1.001; value *= 10) {
                ticks.add(value);
            }
        } else {
            for (int i = 0; i <= 4; i++) {
                ticks.add(maxTokens * i / 4);
            }
        }
        return ticks;
    }

    private void point(int index) {
        PresetSummary summary = summaries.get(index);
        double x = x(summary.tokens());
        double low = y(summary.accuracy().low());
        double high = y(summary.accuracy().high());
        taken.add(new Box(x - 8, high, x + 8, low));
        svg.add("<g class=\"series-{}\">", index % Marker.SERIES);
        svg.add("<path class=\"bar\" d=\"M{} {}V{}M{} {}h12M{} {}h12\"/>", x, low, high, x - 6, low, x - 6, high);
        svg.add("{}", Marker.of(index, x, y(summary.accuracy().value()), 6));
        svg.add("</g>");
    }

    private List<Integer> byAccuracy() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < summaries.size(); i++) {
            order.add(i);
        }
        order.sort(
                Comparator.comparing((Integer i) -> -summaries.get(i).accuracy().value()));
        return order;
    }

    /** Writes the name above the interval, as high as necessary to cover neither an interval nor another name. */
    private void label(int index) {
        PresetSummary summary = summaries.get(index);
        double half = summary.preset().length() * CHARACTER_WIDTH / 2;
        double x = Math.max(LEFT + half, Math.min(WIDTH - half - 4, x(summary.tokens())));
        double bottom = y(summary.accuracy().high()) - 5;
        Box box = new Box(x - half, bottom - LABEL_HEIGHT, x + half, bottom);
        while (taken.stream().anyMatch(box::overlaps)) {
            box = box.higher(4);
        }
        taken.add(box);
        svg.add(
                "<text class=\"name series-{}\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                index % Marker.SERIES,
                rounded(x),
                rounded(box.bottom() - 4),
                summary.preset());
    }

    private double x(double tokens) {
        double share = logarithmic
                ? Math.log(tokens / minTokens) / Math.log(maxTokens / minTokens)
                : (tokens - minTokens) / (maxTokens - minTokens);
        return rounded(LEFT + share * (WIDTH - LEFT - RIGHT));
    }

    private double y(double accuracy) {
        double share = (accuracy - minAccuracy) / (maxAccuracy - minAccuracy);
        return rounded(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM));
    }

    private static double rounded(double pixels) {
        return Math.round(pixels * 10) / 10.0;
    }

    /** The next larger number of the form 1, 2, 2.5 or 5 times a power of ten. */
    private static double nice(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (value <= factor * power) {
                return factor * power;
            }
        }
        return 10 * power;
    }
}
