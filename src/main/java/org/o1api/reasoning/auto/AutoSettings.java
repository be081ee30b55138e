package org.o1api.reasoning.auto;

import org.o1api.settings.Section;
import org.o1api.settings.ValueType;

/**
 * When {@code auto} takes one call, and how it compares samples.
 *
 * @param minTokens a request with a lower {@code max_tokens} is answered directly
 * @param judge whether a call of its own compares samples whose results are text
 * @param judgeTokens the limit of that call's output tokens
 * @param prompt of that call; {@code {question}}, {@code {first}} and {@code {second}} stand for the texts
 * @param notes the gateway's own words
 */
record AutoSettings(long minTokens, boolean judge, long judgeTokens, String prompt, AutoNotes notes) {
    static final AutoSettings DEFAULT = new AutoSettings(256, true, 512, JudgePrompt.DEFAULT, AutoNotes.DEFAULT);

    static AutoSettings read(Section section) {
        return new AutoSettings(
                section.get("min_tokens", ValueType.integer(0, 1_000_000), DEFAULT.minTokens),
                section.get("judge", ValueType.BOOLEAN, DEFAULT.judge),
                section.get("judge_tokens", ValueType.integer(1, 1_000_000), DEFAULT.judgeTokens),
                section.section("prompts", JudgePrompt::read),
                section.section("notes", AutoNotes::read));
    }
}
