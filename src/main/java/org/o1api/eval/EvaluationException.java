package org.o1api.eval;

/** The evaluation cannot run. The message says what is wrong, and is meant for the person who started it. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EvaluationException(String message) {
        super(message);
    }
}
