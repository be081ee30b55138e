package org.o1api.eval;

/**
 * A question that a preset has to answer.
 *
 * @param repetition from 0
 */
record Trial(String preset, Question question, int repetition) {
    /** Identifies the trial in its run, and its result in the file. */
    Key key() {
        return new Key(preset, question.id(), repetition);
    }

    record Key(String preset, String question, int repetition) {}
}
