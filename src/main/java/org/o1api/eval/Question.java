package org.o1api.eval;

/**
 * A question with its answer.
 *
 * @param id unique in a run
 * @param text as it is sent to the model, as the only message
 * @param answer the correct result, without an explanation
 */
record Question(String id, String text, String answer, QuestionKind kind) {}
