package org.o1api.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.regex.Pattern;
import org.o1api.model.ErrorCode;
import org.o1api.model.TurnInfo;

/**
 * The request header {@code x-o1-depth}: how many gateways a request has passed. Each adds one, so a gateway that is configured as its
 * own provider, possibly through others, ends the loop instead of calling itself until it is at its limits.
 */
public final class CallDepth {
    private static final int LIMIT = 3;
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final int MAX_DIGITS = 9;

    private CallDepth() {}

    /**
     * Reads the header. A value that is not a number counts as 0: no gateway sends it. The largest of several values counts.
     *
     * @throws RequestException if the limit is reached
     */
    public static int read(ContainerRequestContext request) {
        List<String> values = request.getHeaders().getOrDefault(TurnInfo.DEPTH_HEADER, List.of());
        int depth = values.stream()
                .flatMap(value -> Pattern.compile(",").splitAsStream(value))
                .mapToInt(CallDepth::parse)
                .max()
                .orElse(0);
        if (depth >= LIMIT) {
            throw new RequestException(
                    ErrorCode.LOOP_DETECTED,
                    null,
                    "This request has already passed " + LIMIT + " gateways (" + TurnInfo.DEPTH_HEADER
                            + "): a gateway is its own provider. Check default_api_url and upstreams.*.url in the gateway's"
                            + " configuration.");
        }
        return depth;
    }

    private static int parse(String value) {
        String number = value.strip();
        if (!NUMBER.matcher(number).matches()) {
            return 0;
        }
        return number.length() > MAX_DIGITS ? LIMIT : Integer.parseInt(number);
    }
}
