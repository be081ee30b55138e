package org.o1api.upstream.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The contents of a file of recorded replies, which is read once and kept in memory.
 *
 * @param file its path
 * @param sha256 of the file's bytes, in hexadecimal
 * @param questions the longest one first
 */
public record Recording(String file, String sha256, List<RecordedQuestion> questions) {
    public Recording {
        List<RecordedQuestion> sorted = new ArrayList<>(questions);
        sorted.sort(Comparator.comparing(
                        (RecordedQuestion entry) -> entry.question().length())
                .reversed());
        questions = List.copyOf(sorted);
    }

    /** Finds the longest question that a message contains. */
    Optional<RecordedQuestion> find(String message) {
        return questions.stream()
                .filter(entry -> message.contains(entry.question()))
                .findFirst();
    }

    /** Without the texts, which may be long and private. */
    @Override
    public String toString() {
        return "Recording[" + file + "]";
    }
}
