package org.o1api.turn;

import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Question;
import org.o1api.upstream.Cancellation;

/**
 * One request and its answer.
 *
 * @param caller who asked, by the name of the key
 */
public record Turn(String caller, Preset preset, Question question, Cancellation cancellation) {}
