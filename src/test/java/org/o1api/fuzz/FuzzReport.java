package org.o1api.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts and findings of a fuzz run. */
final class FuzzReport {
    /** Contains the full request and replies of each finding. */
    static final Path DETAILS = Path.of("target", "fuzz-findings.txt");

    private final Map<String, Integer> mutations = new TreeMap<>();
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();
    private String lastReply = "";
    private int requests;
    private int replies;
    private int idleChecks;

    synchronized void addRequest(FuzzCase.Request request, boolean mutated, String outcome) {
        requests++;
        replies += request.replies().size();
        outcomes.merge(outcome, 1, Integer::sum);
        if (mutated) {
            mutations.merge("REQUEST", 1, Integer::sum);
        }
        request.replies().forEach(reply -> reply.mutations().forEach(name -> mutations.merge(name, 1, Integer::sum)));
    }

    synchronized void setLastResponse(String text) {
        lastReply = text;
    }

    synchronized void addIdleCheck() {
        idleChecks++;
    }

    /**
     * Adds a broken rule.
     *
     * @param fuzz the current case, if there is one
     * @param details written to {@link #DETAILS}
     */
    synchronized void addFinding(String rule, @Nullable FuzzCase fuzz, String details) {
        findings.add(rule + (fuzz == null ? "" : " (seed " + fuzz.seed + ")"));
        try {
            Files.writeString(
                    DETAILS,
                    rule + "\n" + (fuzz == null ? "" : fuzz.describe()) + details + "\n\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized List<String> findings() {
        return List.copyOf(findings);
    }

    /** The last response that a client received. */
    synchronized String lastResponse() {
        return lastReply;
    }

    /** All counts on one line. */
    synchronized String summary(long seed) {
        return "fuzzed from seed " + seed + ": " + requests + " requests, " + replies + " replies, " + idleChecks
                + " checks when idle, " + findings.size() + " findings; mutations " + mutations + "; outcomes "
                + outcomes;
    }
}
