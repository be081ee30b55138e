package org.o1api.upstream;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.o1api.model.Message;
import org.o1api.model.Role;

/** Recognizes that a provider rejects the role {@code developer}, which some models do not know. */
final class DeveloperRole {
    private static final Pattern PARAM =
            Pattern.compile("(?:body\\.|params\\.|#?/)?messages[.\\[/]{0,3}'?(\\d{0,7}).{0,100}\\brole");

    /** A role in quoted JSON of the messages. */
    private static final Pattern QUOTED_ROLE =
            Pattern.compile("[\"']role\\\\?[\"']\\s*[:=]\\s*\\\\?[\"'][a-z]+\\\\?[\"']");

    private static final Pattern DEVELOPER =
            Pattern.compile("(?<![a-z0-9_])developer(?![a-z0-9_])", Pattern.CASE_INSENSITIVE);

    private static final Pattern ROLE = Pattern.compile(
            "(?<![a-z0-9_])roles?(?![a-z0-9_])(?! ?[:=]? ?[\"'`](?:tool|function|user|assistant))|\u89d2\u8272",
            Pattern.CASE_INSENSITIVE);

    /** Phrases for an unknown role. */
    private static final Pattern UNKNOWN_ROLE = Pattern.compile(
            "unexpected|unknown|invalid|incorrect|unsupported|supported|n't support|not allowed|not valid|unrecognized"
                    + "|one of|must be|valid role|only|alternate|none of|\u4e0d\u6b63\u786e|\u9519\u8bef|\u975e\u6cd5",
            Pattern.CASE_INSENSITIVE);

    private DeveloperRole() {}

    /** Whether any message of a request has the role. */
    static boolean isUsedIn(CallRequest request) {
        return request.messages().stream().anyMatch(message -> message.role() == Role.DEVELOPER);
    }

    /** Whether a rejection is about the role: by its param, or in the provider's own words. */
    static boolean isRejectedBy(ProviderErrorBody error, CallRequest request) {
        if (error.param() != null) {
            Matcher path = PARAM.matcher(error.param());
            // The index may be off: some providers do not count messages that they move.
            if (path.matches() && (path.group(1).isEmpty() || isDeveloper(path.group(1), request.messages()))) {
                return true;
            }
            if (!path.matches() && !error.param().startsWith("messages")) {
                return false;
            }
        }
        UnquotedText unquoted =
                new UnquotedText(QUOTED_ROLE.matcher(error.text()).replaceAll(" "), request);
        return unquoted.contains(DEVELOPER) || (unquoted.contains(ROLE) && unquoted.contains(UNKNOWN_ROLE));
    }

    private static boolean isDeveloper(String index, List<Message> messages) {
        int at = index.length() > 6 ? -1 : Integer.parseInt(index);
        return at >= 0 && at < messages.size() && messages.get(at).role() == Role.DEVELOPER;
    }
}
