package org.o1api.upstream.replay;

import java.util.List;

/**
 * A question with the replies that were recorded for it.
 *
 * @param samples at least one
 */
record RecordedQuestion(String question, List<RecordedSample> samples) {
    RecordedQuestion {
        samples = List.copyOf(samples);
    }
}
