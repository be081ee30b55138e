package org.o1api.reasoning.sampling;

/** Numbers the steps of a turn, from 1. */
final class StepNumbers {
    private int last;

    int next() {
        return ++last;
    }
}
