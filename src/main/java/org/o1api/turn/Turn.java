package org.o1api.turn;

import org.o1api.reasoning.Preset;
import org.o1api.reasoning.Question;
import org.o1api.upstream.Cancellation;

/** One request and its answer. */
public record Turn(Preset preset, Question question, Cancellation cancellation) {}
