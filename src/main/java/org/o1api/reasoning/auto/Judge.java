package org.o1api.reasoning.auto;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.o1api.json.ContentText;
import org.o1api.model.FinishReason;
import org.o1api.model.Message;
import org.o1api.model.RawJson;
import org.o1api.model.Role;
import org.o1api.model.StepKind;
import org.o1api.model.ThinkBlock;
import org.o1api.model.TurnEvent.StepOutcome;
import org.o1api.reasoning.Prompt.MaxTokens;
import org.o1api.reasoning.TurnContext;
import org.o1api.reasoning.sampling.SampleVote;
import org.o1api.reasoning.text.CallFields;
import org.o1api.reasoning.text.CallMessages;
import org.o1api.upstream.CallRequest;

/** Asks the model whether two samples say the same. */
final class Judge {
    private static final RawJson TEMPERATURE = new RawJson("0");
    /** The last clause, with Markdown and white space around its words. Other words than these could deny what follows. */
    private static final Pattern SAME = Pattern.compile(
            "(?:^|[.:;!?\\n])[^\\p{L}\\n]*+(?:(?:so|thus|hence|yes|both|they|the|these|two|answers|results|texts|samples"
                    + "|are|say|come|to|exactly|my|answer|verdict|is|boxed|text)[^\\p{L}.:;!?\\n]++)*+same[^\\p{L}\\p{N}]*+$",
            Pattern.CASE_INSENSITIVE);

    /** The length of the end of a reply in which the verdict is. */
    private static final int MAX_VERDICT = 200;

    private final AutoSettings settings;
    private final TurnContext turn;
    private final SampleVote vote;

    Judge(AutoSettings settings, TurnContext turn, SampleVote vote) {
        this.settings = settings;
        this.turn = turn;
        this.vote = vote;
    }

    /** Makes the call and shows the verdict as a step. If the call fails or has no verdict, the samples count as different. */
    boolean areTheSame(String first, String second) {
        int step = vote.nextStep();
        turn.log().stepStarted(step, StepKind.JUDGE, settings.notes().judge());
        SampleVote.Reply reply = vote.ask(request(first, second));
        boolean same = reply.reason() == FinishReason.STOP && saysSame(reply.text());
        boolean failed = reply.reason() != FinishReason.STOP || !hasVerdict(reply.text());
        AutoNotes notes = settings.notes();
        String verdict = failed ? notes.failed() : same ? notes.same() : notes.different();
        turn.log().stepText(step, verdict);
        turn.log().note(verdict);
        turn.log().stepEnded(step, failed ? StepOutcome.FAILED : StepOutcome.COMPLETED, verdict, reply.tokens());
        return same;
    }

    private CallRequest request(String first, String second) {
        CallFields fields = new CallFields(turn.prompt());
        fields.addRemovable("temperature", TEMPERATURE);
        MaxTokens callers = turn.prompt().maxTokens();
        fields.addRemovable(new MaxTokens(callers == null ? "max_tokens" : callers.field(), settings.judgeTokens()));
        List<Message> messages = JudgePrompt.messages(settings.prompt(), question(), first, second);
        return fields.request(turn.preset().model(), new CallMessages(messages, messages.size()), false);
    }

    private String question() {
        List<Message> messages = turn.prompt().messages();
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i).role() == Role.USER) {
                return ContentText.of(messages.get(i).content());
            }
        }
        return "";
    }

    private static boolean hasVerdict(String reply) {
        String text = ThinkBlock.stripped(reply).toLowerCase(Locale.ROOT);
        return text.contains("same") || text.contains("different");
    }

    /** Whether the last word is the verdict {@code same}: a model may reason before it. */
    static boolean saysSame(String reply) {
        String text = ThinkBlock.stripped(reply);
        return SAME.matcher(text.substring(Math.max(0, text.length() - MAX_VERDICT)))
                .find();
    }
}
