package org.o1api.eval;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints a report, and writes it to the run's folder. */
public final class ReportFiles {
    private static final String JSON = "report.json";
    private static final String HTML = "report.html";

    private ReportFiles() {}

    /**
     * Writes {@code report.json} and {@code report.html}, and prints the tables and where the files are.
     *
     * @throws EvaluationException if a file cannot be written
     */
    public static void write(Report report, Path folder, PrintStream out) {
        try {
            Files.write(folder.resolve(JSON), ReportJson.bytes(report));
            Files.write(folder.resolve(HTML), ReportHtml.of(report).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new EvaluationException("The report cannot be written to " + folder + ": " + e);
        }
        out.print(ReportText.of(report));
        out.println();
        out.println("Report: " + folder.resolve(HTML) + " (also " + JSON + "; " + ResultFile.NAME
                + " has all answers). The folder contains questions and answers.");
    }
}
