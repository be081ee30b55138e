package org.o1api.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.o1api.fuzz.WireReply.Piece;

/** A mutation of a sequence of units: events, lines, bytes, HTTP chunks or header lines. */
enum Mutation {
    REMOVED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            if (random.nextBoolean()) {
                units.remove(at);
            } else {
                units.subList(at, units.size()).clear();
            }
        }
    },

    DUPLICATED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            units.add(at, units.get(at));
        }
    },

    SWAPPED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            int with = random.nextInt(3) == 0 ? random.nextInt(units.size()) : Math.max(0, at - 1);
            Piece first = units.get(at);
            units.set(at, units.get(with));
            units.set(with, first);
        }
    },

    INSERTED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            units.add(random.nextInt(8) == 0 ? units.size() : at, other.get());
        }
    },

    /** The unit is replaced by a changed one; see {@link ReplyMutator}. */
    CHANGED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            units.set(at, other.get());
        }
    },

    DELAYED {
        @Override
        void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other) {
            units.set(at, units.get(at).withDelay(random.nextInt(12) == 0 ? LONG_MILLIS : 1 + random.nextInt(150)));
        }
    };

    /** Above the upstream's timeouts {@code first_token} and {@code idle}, which are one second. */
    static final int LONG_MILLIS = 1500;

    /**
     * Applies the mutation once.
     *
     * @param at the index of a unit
     * @param other creates the unit to insert, or the replacement
     */
    abstract void apply(List<Piece> units, int at, SplittableRandom random, Supplier<Piece> other);

    /** Splits bytes at random places, mostly close to each other, so that the units are small. */
    static List<Piece> slices(byte[] bytes, SplittableRandom random) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + (random.nextInt(3) == 0 ? random.nextInt(200) : random.nextInt(5)));
        int end = Math.min(bytes.length, to + random.nextInt(6));
        List<Piece> units = new ArrayList<>();
        int begin = 0;
        for (int cut : new int[] {from, to, end, bytes.length}) {
            if (cut > begin) {
                units.add(new Piece(Arrays.copyOfRange(bytes, begin, cut), 0));
                begin = cut;
            }
        }
        return units;
    }
}
