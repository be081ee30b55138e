package org.o1api.reasoning;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Replies of random kind and length, in pieces of random size. */
final class VirtualReplies {
    private VirtualReplies() {}

    /** At least one piece. */
    static List<String> pieces(Random random, boolean step) {
        String words = " words".repeat(random.nextInt(4) == 0 ? random.nextInt(200) : 1 + random.nextInt(12));
        int result = random.nextInt(3);
        String text = step
                ? "{\"title\": \"T" + result + "\", \"content\": \"Say" + words + "\", \"next_action\": \""
                        + (random.nextInt(4) == 0 ? "final_answer" : "continue") + "\"}"
                : switch (random.nextInt(4)) {
                    case 0 -> "It is" + words + ". The answer is " + result + ".";
                    case 1 -> "yes";
                    default ->
                        "=== Step: Think\nSay" + words + ".\n=== Answer\nIt is " + result + ".\nAnswer: " + result;
                };
        List<String> pieces = new ArrayList<>();
        int maximum = 1 + random.nextInt(12);
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(maximum));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }
}
