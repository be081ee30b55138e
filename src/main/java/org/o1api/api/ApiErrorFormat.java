package org.o1api.api;

import java.time.Duration;
import org.o1api.model.ErrorCode;
import org.o1api.model.GatewayException;
import org.o1api.server.ErrorFormat;

/** Renders each error in the format of the API that its request belongs to: OpenAI's, or Anthropic's. */
public final class ApiErrorFormat implements ErrorFormat {
    private static final String MESSAGES = "/v1/messages";

    @Override
    public ErrorResponse of(GatewayException failure, FailedRequest request) {
        return render(ErrorBody.of(failure), request);
    }

    @Override
    public ErrorResponse ofStatus(int status, FailedRequest request) {
        ErrorBody error = body(status);
        ErrorResponse standard = render(error, request);
        return standard.status() == error.code().status()
                ? new ErrorResponse(status, standard.headers(), standard.json())
                : standard;
    }

    private static ErrorResponse render(ErrorBody error, FailedRequest request) {
        boolean isAnthropic = isBelow(MESSAGES, request.path())
                || (isBelow(ModelsResource.PATH, request.path())
                        && request.headers().apply(AnthropicModels.VERSION) != null);
        return isAnthropic ? new AnthropicError(error, request.id()).toErrorResponse() : error.toErrorResponse();
    }

    private static boolean isBelow(String parent, String path) {
        return path.equals(parent) || path.startsWith(parent + "/");
    }

    /** Returns the error for a status that Jersey or the servlet container reports. */
    private static ErrorBody body(int status) {
        return switch (status) {
            case 401 ->
                error(
                        ErrorCode.INVALID_API_KEY,
                        "No valid API key. Send it in the header 'Authorization: Bearer KEY' or 'x-api-key: KEY'.");
            case 404 ->
                error(
                        ErrorCode.UNKNOWN_URL,
                        "Unknown URL. The gateway has POST /v1/chat/completions, /v1/responses and /v1/messages, among others.");
            case 405 -> error(ErrorCode.METHOD_NOT_ALLOWED, "This URL does not support this HTTP method.");
            case 406 -> error(ErrorCode.NOT_ACCEPTABLE, "This URL has no response of the requested type.");
            case 408 -> error(ErrorCode.REQUEST_TIMEOUT, "The request did not arrive in time.");
            case 413 -> error(ErrorCode.REQUEST_TOO_LARGE, "The request is too large.");
            case 415 ->
                error(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "The request body must be JSON, sent with 'Content-Type: application/json'.");
            case 503 ->
                new ErrorBody(
                        ErrorCode.OVERLOADED, "The gateway is overloaded. Retry shortly.", null, Duration.ofSeconds(1));
            default ->
                status < 500
                        ? error(ErrorCode.INVALID_REQUEST, "The request could not be read (status " + status + ").")
                        : error(
                                ErrorCode.INTERNAL_ERROR,
                                "Internal gateway error. The operator finds the cause in the gateway's log.");
        };
    }

    private static ErrorBody error(ErrorCode code, String message) {
        return new ErrorBody(code, message, null, null);
    }
}
