package org.o1api.reasoning;

import java.util.Collections;
import java.util.Iterator;
import org.o1api.model.Delta;
import org.o1api.model.FinishReason;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;

/** The empty reply of a reasoning call that was not made because no time was left. */
final class EmptyCall implements Call {
    @Override
    public Iterator<Delta> iterator() {
        return Collections.emptyIterator();
    }

    @Override
    public FinishReason finishReason() {
        return FinishReason.LENGTH;
    }

    @Override
    public Usage usage() {
        return Usage.NONE;
    }

    @Override
    public void close() {}
}
