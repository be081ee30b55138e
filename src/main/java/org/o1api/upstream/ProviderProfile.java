package org.o1api.upstream;

/** What is known of one model at one upstream: what is configured, and what the provider itself has said. */
final class ProviderProfile {
    private final UpstreamSettings settings;
    private final String model;
    private final ReplyFacts replyFacts;

    ProviderProfile(UpstreamSettings settings, String model) {
        this.settings = settings;
        this.model = model;
        this.replyFacts = new ReplyFacts(settings, model, System::nanoTime);
    }

    /** The provider's name of the model. */
    String model() {
        return model;
    }

    /** How its replies are read. */
    UpstreamSettings.Replies replies() {
        return settings.replies();
    }

    /** What its replies have shown. */
    ReplyFacts replyFacts() {
        return replyFacts;
    }
}
