package org.o1api.conversation;

/** What counts the tokens of a text. */
@FunctionalInterface
public interface Tokenizer {
    long countTokens(String text);
}
