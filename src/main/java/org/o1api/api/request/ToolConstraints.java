package org.o1api.api.request;

import java.util.Map;
import org.o1api.api.RequestException;
import org.o1api.model.ErrorCode;
import org.o1api.model.RawJson;

/** The request fields that say how a model may use its tools. */
public final class ToolConstraints {
    private ToolConstraints() {}

    /**
     * Removes these fields from the request for the provider, because providers reject them if there are no tools.
     *
     * @throws RequestException if they demand a tool
     */
    public static void removeWithoutTools(Map<String, RawJson> fields) {
        fields.remove("parallel_tool_calls");
        RawJson choice = fields.remove("tool_choice");
        if (choice != null
                && !choice.text().equals("\"none\"")
                && !choice.text().equals("\"auto\"")) {
            throw new RequestException(
                    ErrorCode.INVALID_REQUEST,
                    "tool_choice",
                    "'tool_choice' requires a tool, but 'tools' is missing, or contains none that this gateway passes on.");
        }
    }
}
