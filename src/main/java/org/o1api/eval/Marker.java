package org.o1api.eval;

/** The sign of a preset in plots. Presets differ in shape and in colour. */
final class Marker {
    /** The number of different signs. */
    static final int SERIES = 8;

    private Marker() {}

    /** Draws the sign of the n-th preset around a point. */
    static HtmlText of(int index, double x, double y, double size) {
        HtmlText svg = new HtmlText();
        return switch (index % 4) {
            case 0 -> svg.add("<circle class=\"mark\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", x, y, size);
            case 1 ->
                svg.add(
                        "<rect class=\"mark\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                        x - size,
                        y - size,
                        2 * size,
                        2 * size);
            case 2 ->
                svg.add(
                        "<path class=\"mark\" d=\"M{} {}l{} {}h{}z\"/>",
                        x,
                        y - size * 1.2,
                        size * 1.2,
                        size * 2.1,
                        -size * 2.4);
            default ->
                svg.add(
                        "<path class=\"mark\" d=\"M{} {}l{} {}l{} {}l{} {}z\"/>",
                        x,
                        y - size * 1.3,
                        size * 1.3,
                        size * 1.3,
                        -size * 1.3,
                        size * 1.3,
                        -size * 1.3,
                        -size * 1.3);
        };
    }
}
