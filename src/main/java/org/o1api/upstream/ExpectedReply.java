package org.o1api.upstream;

import java.util.Set;
import org.o1api.model.RawJson;

/**
 * What a request lets expect of its reply.
 *
 * @param expectsUsage whether the provider was asked to count tokens in a stream
 */
record ExpectedReply(Json json, boolean expectsUsage) {
    /** Who asked for JSON in place of text. */
    enum Json {
        NOT_REQUESTED,
        /** The gateway did: prose will do too. */
        BY_GATEWAY,
        BY_CALLER
    }

    private static final String RESPONSE_FORMAT = "response_format";

    /**
     * What a request lets expect.
     *
     * @param omitted fields that were not sent because the provider rejects them
     */
    static ExpectedReply of(CallRequest request, Set<String> omitted) {
        boolean usage = !omitted.contains(RejectedFields.STREAM) && !omitted.contains(RejectedFields.STREAM_OPTIONS);
        return new ExpectedReply(json(request, omitted), usage);
    }

    private static Json json(CallRequest request, Set<String> omitted) {
        RawJson format = request.fields().get(RESPONSE_FORMAT);
        boolean byGateway = request.droppable().contains(RESPONSE_FORMAT);
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
