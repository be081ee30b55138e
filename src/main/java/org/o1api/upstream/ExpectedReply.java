package org.o1api.upstream;

import java.util.Set;
import org.o1api.model.RawJson;

/**
 * What the reply to a request should contain.
 *
 * @param expectsUsage whether the provider was asked to report usage in the stream
 */
record ExpectedReply(Json json, boolean expectsUsage) {
    /** Who requested JSON output. */
    enum Json {
        NOT_REQUESTED,
        /** The gateway requested it; prose is accepted too. */
        BY_GATEWAY,
        BY_CALLER
    }

    private static final String RESPONSE_FORMAT = "response_format";

    /**
     * Derives the expectation from a request.
     *
     * @param omitted the fields that were not sent because the provider rejects them
     */
    static ExpectedReply of(CallRequest request, Set<String> omitted) {
        boolean usage = !omitted.contains(RejectedFields.STREAM) && !omitted.contains(RejectedFields.STREAM_OPTIONS);
        return new ExpectedReply(json(request, omitted), usage);
    }

    private static Json json(CallRequest request, Set<String> omitted) {
        RawJson format = request.fields().get(RESPONSE_FORMAT);
        boolean byGateway = request.removable().contains(RESPONSE_FORMAT);
        if (format == null || (byGateway && omitted.contains(RESPONSE_FORMAT))) {
            return Json.NOT_REQUESTED;
        }
        boolean wanted =
                format.text().contains("\"json_object\"") || format.text().contains("\"json_schema\"");
        return !wanted ? Json.NOT_REQUESTED : byGateway ? Json.BY_GATEWAY : Json.BY_CALLER;
    }

    boolean wantsJson() {
        return json != Json.NOT_REQUESTED;
    }
}
