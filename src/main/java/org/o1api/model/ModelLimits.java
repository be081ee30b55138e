package org.o1api.model;

import org.jspecify.annotations.Nullable;

/**
 * How much a model can process.
 *
 * @param context the maximum tokens of prompt and reply together; null: unknown
 * @param maxOutput the maximum tokens of a reply; null: unknown
 */
public record ModelLimits(@Nullable Long context, @Nullable Long maxOutput) {
    public static final ModelLimits UNKNOWN = new ModelLimits(null, null);

    /** The lower one of each limit. An unknown one does not count. */
    public ModelLimits min(ModelLimits other) {
        return new ModelLimits(min(context, other.context), min(maxOutput, other.maxOutput));
    }

    private static @Nullable Long min(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : other == null ? one : (Long) Math.min(one, other);
    }
}
