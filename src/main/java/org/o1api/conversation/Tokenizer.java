package org.o1api.conversation;

/** Counts the tokens of a text. */
@FunctionalInterface
public interface Tokenizer {
    long countTokens(String text);
}
