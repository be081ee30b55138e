// What is known about a turn while it runs: the chunks of its stream in, one plain object out.

/** The states of a turn, in order. The last three are ends. */
export const WAITING = 'waiting';
export const REASONING = 'reasoning';
export const ANSWERING = 'answering';
export const DONE = 'done';
export const STOPPED = 'stopped';
export const FAILED = 'failed';

/** Creates the state of a turn that was just sent. */
export function newTurnState() {
  return {
    phase: WAITING,
    turn: null, // its id
    route: null,
    steps: new Map(), // by number, in the order of their beginning
    tally: null, // {counts: {value: votes}, probability}
    results: [], // the values with votes, in the order of their first ones
    budget: null, // {calls, tokens, seconds, cost}, each [used, limit]
    answer: '',
    refusal: '',
    images: [],
    toolCalls: [],
    finishReason: null,
    summary: null, // x_o1 of the end
    usage: null,
    error: null, // {key, parameters, isFinal} why it failed; isFinal: whether the gateway has said so
  };
}

/** Whether the turn has ended, however. */
export function hasEnded(state) {
  return state.phase === DONE || state.phase === STOPPED || state.phase === FAILED;
}

/** Whether the answer may be complete, although it did not arrive: the gateway has not said that it failed. */
export function mayBeStored(state) {
  return state.phase === FAILED && !state.error.isFinal;
}

/** The steps of one of the kinds. */
export function stepsOf(state, ...kinds) {
  return [...state.steps.values()].filter((step) => kinds.includes(step.kind));
}

/** The seconds that a step took, or has taken so far; null if they are unknown. */
export function secondsOf(step, now) {
  if (step.seconds !== null) {
    return step.seconds;
  }
  return step.startedAt === null || step.state !== 'open' ? null : (now - step.startedAt) / 1000;
}

/** Takes a chunk of the stream. `now` is a time in milliseconds. */
export function applyChunk(state, chunk, now) {
  state.turn ??= chunk.id?.replace('chatcmpl-', 'turn_') ?? null;
  if (chunk.x_o1?.type) {
    applyTrace(state, chunk.x_o1, now);
  } else if (chunk.x_o1) {
    state.summary = chunk.x_o1;
  }
  if (chunk.usage) {
    state.usage = chunk.usage;
  }
  for (const choice of chunk.choices ?? []) {
    applyDelta(state, choice.delta ?? {});
    state.finishReason = choice.finish_reason ?? state.finishReason;
  }
}

function applyDelta(state, delta) {
  if (delta.content) {
    state.answer += delta.content;
  }
  if (delta.refusal) {
    state.refusal += delta.refusal;
  }
  if (delta.images) {
    state.images.push(...delta.images);
  }
  for (const call of delta.tool_calls ?? []) {
    if (call.function?.name) {
      state.toolCalls.push(call.function.name);
    }
  }
  if (delta.content || delta.refusal || delta.images || delta.tool_calls) {
    state.phase = ANSWERING;
  }
}

const TRACE = {
  route(state, event) {
    state.route = event.route;
  },
  step_started(state, event, now) {
    const earlier = state.steps.get(event.step);
    state.steps.set(event.step, {
      number: event.step,
      kind: event.kind,
      label: event.label ?? null,
      title: null,
      text: '',
      state: 'open',
      startedAt: now,
      endedAt: null,
      seconds: null,
      tokens: null,
      conclusion: null,
      savedTokens: null,
      attempt: (earlier?.attempt ?? 0) + 1,
    });
    if (state.phase === WAITING) {
      state.phase = REASONING;
    }
  },
  step_titled(state, event) {
    change(state, event, (step) => { step.title = event.title; });
  },
  step_text(state, event) {
    change(state, event, (step) => { step.text += event.text; });
  },
  step_ended(state, event, now) {
    change(state, event, (step) => {
      step.state = event.state;
      step.endedAt = now;
      step.seconds = event.seconds;
      step.tokens = event.tokens ?? null;
      step.conclusion = event.conclusion ?? null;
      step.savedTokens = event.saved_tokens ?? null;
    });
  },
  tally(state, event) {
    state.tally = { counts: event.counts, probability: event.probability };
    // An object with numbers as keys does not keep their order, but each event adds one value at most.
    state.results.push(...Object.keys(event.counts).filter((value) => !state.results.includes(value)));
  },
  budget(state, event) {
    const { type, ...use } = event;
    state.budget = use;
  },
};

function applyTrace(state, event, now) {
  TRACE[event.type]?.(state, event, now); // an unknown event is one of a newer gateway
}

function change(state, event, action) {
  const step = state.steps.get(event.step);
  if (step) {
    action(step);
  }
}

/** Ends the turn: completely if the stream has said so, otherwise it was cut. */
export function endOfStream(state, isComplete, now) {
  if (isComplete) {
    state.phase = DONE;
  } else {
    fail(state, { key: 'turn.cut' }, now);
  }
}

/** Ends a turn that the reader has stopped. */
export function stop(state, now) {
  closeSteps(state, now);
  state.phase = STOPPED;
}

/** Ends a turn that has failed. */
export function fail(state, error, now) {
  closeSteps(state, now);
  state.phase = FAILED;
  state.error = error;
}

function closeSteps(state, now) {
  for (const step of state.steps.values()) {
    if (step.state === 'open') {
      step.state = 'cancelled';
      step.endedAt = now;
    }
  }
}
