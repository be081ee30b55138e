package org.o1api.upstream.demo;

/** Texts that the scripts of the demo model share. */
public final class DemoText {
    private static final int MAX_QUOTE = 120;

    private DemoText() {}

    /**
     * The demo model's answer.
     *
     * @param question as it was asked
     * @param reasoning one sentence: how the answer came about
     */
    public static String answer(String question, String reasoning) {
        return "You asked: " + quote(question)
                + "\n\n**This is a demonstration.** No model provider is configured, so the demo model "
                + "built into the gateway has replied. " + reasoning
                + "\n\nTo get real answers, configure a provider in "
                + "`config.yaml`:\n\n```yaml\ndefault_api_url: https://api.openai.com/v1/chat/completions\n"
                + "model_provider_api_key: your-key\ndefault_model: the-model-to-use\n```\n\nThen restart the gateway and ask "
                + "again.";
    }

    /** The question in quotation marks, on one line, truncated if it is long. */
    public static String quote(String question) {
        StringBuilder line = new StringBuilder();
        String all = question.strip();
        for (int i = 0; i < all.length() && line.length() < MAX_QUOTE; i++) {
            boolean space = Character.isWhitespace(all.charAt(i));
            if (!space) {
                line.append(all.charAt(i));
            } else if (line.charAt(line.length() - 1) != ' ') {
                line.append(' ');
            }
        }
        if (line.isEmpty()) {
            return "“(no text)”";
        }
        if (line.length() == MAX_QUOTE && all.length() > MAX_QUOTE) {
            if (Character.isHighSurrogate(line.charAt(MAX_QUOTE - 1))) {
                line.setLength(MAX_QUOTE - 1);
            }
            line.append('…');
        }
        return "“" + line.toString().strip() + "”";
    }
}
