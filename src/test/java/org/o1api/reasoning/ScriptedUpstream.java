package org.o1api.reasoning;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.o1api.model.Cancellation;
import org.o1api.model.Delta;
import org.o1api.model.ErrorCode;
import org.o1api.model.FinishReason;
import org.o1api.model.TurnInfo;
import org.o1api.model.Usage;
import org.o1api.upstream.Call;
import org.o1api.upstream.CallContext;
import org.o1api.upstream.CallRequest;
import org.o1api.upstream.Upstream;
import org.o1api.upstream.UpstreamException;

/** A fake upstream that answers each call with the next reply of its script and records the requests. */
public final class ScriptedUpstream implements Upstream {
    /** A turn for tests. */
    public static final TurnInfo TURN = new TurnInfo("turn_1", "team-a", "o1", "chat", "req_1", null);

    /** The reply to one call. */
    public record Reply(
            List<Delta> deltas,
            FinishReason finishReason,
            Usage usage,
            @Nullable UpstreamException failure) {
        public static Reply of(Delta... deltas) {
            return new Reply(List.of(deltas), FinishReason.STOP, Usage.NONE, null);
        }

        public Reply withFinishReason(FinishReason reason) {
            return new Reply(deltas, reason, usage, failure);
        }

        public Reply withUsage(Usage newUsage) {
            return new Reply(deltas, finishReason, newUsage, failure);
        }

        /** Returns a copy that fails at its end; without deltas the call fails when it is opened. */
        public Reply withFailure(UpstreamException newFailure) {
            return new Reply(deltas, finishReason, usage, newFailure);
        }

        /** Returns a copy that breaks off at its end. */
        public Reply brokenOff(boolean retryable) {
            return new Reply(
                    deltas,
                    finishReason,
                    usage,
                    new UpstreamException(ErrorCode.UPSTREAM_FAILED, "It broke.", retryable, null));
        }
    }

    private final Deque<Reply> script;
    private final @Nullable Function<CallRequest, Reply> replyFunction;
    private final List<String> journal;
    private final List<CallRequest> requests = new ArrayList<>();
    private List<Usage> failedAttempts = List.of();
    private int openCalls;

    private ScriptedUpstream(
            List<Reply> script, @Nullable Function<CallRequest, Reply> replyFunction, List<String> journal) {
        this.script = new ArrayDeque<>(script);
        this.replyFunction = replyFunction;
        this.journal = journal;
    }

    /** Creates an upstream that replies with these texts, each as one delta. */
    public static ScriptedUpstream answering(String... texts) {
        Reply[] replies = new Reply[texts.length];
        for (int i = 0; i < texts.length; i++) {
            replies[i] = Reply.of(new Delta.Text(texts[i]));
        }
        return answering(replies);
    }

    public static ScriptedUpstream answering(Reply... replies) {
        return withJournal(new ArrayList<>(), replies);
    }

    /** Creates an upstream that adds {@code open}, {@code pull} and {@code close} to the journal. */
    public static ScriptedUpstream withJournal(List<String> journal, Reply... replies) {
        return new ScriptedUpstream(List.of(replies), null, journal);
    }

    /** Creates an upstream that computes its reply from the request. */
    public static ScriptedUpstream answeringWith(Function<CallRequest, Reply> replyFunction) {
        return new ScriptedUpstream(List.of(), replyFunction, new ArrayList<>());
    }

    /** Adds failed attempts with this usage before each reply. */
    public ScriptedUpstream withFailedAttempts(Usage... used) {
        failedAttempts = List.of(used);
        return this;
    }

    public List<CallRequest> requests() {
        return requests;
    }

    /** The number of calls that are not closed. */
    public int openCalls() {
        return openCalls;
    }

    /** The number of replies that were not requested. */
    public int unusedReplies() {
        return script.size();
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public List<String> names() {
        return List.of(name());
    }

    @Override
    public Call open(CallRequest request, CallContext context) {
        journal.add("open");
        requests.add(request);
        openCalls++;
        for (Usage used : failedAttempts) {
            context.attemptListener().onRequestSent(name(), request.model());
            context.attemptListener().onFailedAttemptUsage(used);
        }
        context.attemptListener().onRequestSent(name(), request.model());
        Reply reply = replyFunction == null ? script.remove() : replyFunction.apply(request);
        if (reply.deltas().isEmpty() && reply.failure() != null) {
            openCalls--;
            throw reply.failure();
        }
        context.onAccepted().run();
        return new ScriptedCall(reply, context.cancellation());
    }

    @Override
    public void close() {}

    private final class ScriptedCall implements Call {
        private final Reply reply;
        private final Cancellation cancellation;

        ScriptedCall(Reply reply, Cancellation cancellation) {
            this.reply = reply;
            this.cancellation = cancellation;
        }

        @Override
        public Iterator<Delta> iterator() {
            Iterator<Delta> deltas = reply.deltas().iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    cancellation.throwIfCancelled();
                    if (!deltas.hasNext() && reply.failure() != null) {
                        throw reply.failure();
                    }
                    return deltas.hasNext();
                }

                @Override
                public Delta next() {
                    journal.add("pull");
                    return deltas.next();
                }
            };
        }

        @Override
        public FinishReason finishReason() {
            return reply.finishReason();
        }

        @Override
        public Usage usage() {
            return reply.usage();
        }

        @Override
        public void close() {
            journal.add("close");
            openCalls--;
        }
    }
}
