// One answer of a model: it asks the gateway, and shows the reasoning and the answer while they arrive.

import { ApiError, answer } from './api.mjs';
import { announce } from './announcer.mjs';
import { h, icon, label, showParts } from './dom.mjs';
import { imageView } from './images.mjs';
import { MarkdownView, copyButton } from './markdown.mjs';
import { ReasoningView } from './reasoning-view.mjs';
import { settings } from './settings.mjs';
import { fixed } from './texts.mjs';
import { ANSWERING, DONE, FAILED, STOPPED, WAITING, applyChunk, endOfStream, fail, hasEnded, newTurnState, stop } from './turn-state.mjs';

const TICK_MILLIS = 200;
const MAX_SHARE = 0.3; // of the time may be spent on showing the text

export class ReplyView {
  #state;
  #reasoning;
  #waiting = h('p', { class: 'waiting' },
    h('span', { class: 'waiting-dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    h('span', { class: 'visually-hidden', text: 'turn.waiting' }));
  #answer = new MarkdownView();
  #images = h('div', { class: 'answer-images' });
  #notice = h('p', { class: 'notice', hidden: true });
  #summary = h('span', { class: 'summary' });
  #actions = h('div', { class: 'actions' });
  #footer = h('div', { class: 'reply-footer', hidden: true }, this.#actions, this.#summary);
  #abort = null;
  #frame = null;
  #nextRender = 0;
  #actionsOf;

  element = h('div', { class: 'reply' });

  /** @param actions creates further buttons for an answer that has ended */
  constructor(actions) {
    this.#actionsOf = actions;
    this.#reset(newTurnState());
  }

  get state() {
    return this.#state;
  }

  #reset(state) {
    this.#state = state;
    this.#reasoning = new ReasoningView(settings.reasoning === 'open');
    this.#answer = new MarkdownView();
    this.#answer.element.classList.add('answer');
    this.#images.replaceChildren();
    this.element.replaceChildren(this.#reasoning.element, this.#waiting, this.#answer.element, this.#images, this.#notice, this.#footer);
    this.#render();
  }

  /** Shows an answer that was given earlier. */
  show(state) {
    this.#reset(state);
  }

  /** Asks for the answer, and returns when it has ended. Never fails: a failure is shown. */
  async run(request) {
    this.#reset(newTurnState());
    this.#abort = new AbortController();
    const state = this.#state;
    const timer = setInterval(() => this.#schedule(), TICK_MILLIS);
    let announced = WAITING;
    try {
      let isComplete = false;
      for await (const chunk of answer(request, this.#abort.signal)) {
        if (chunk === null) {
          isComplete = true;
          break;
        }
        applyChunk(state, chunk, performance.now());
        if (state.phase !== announced) {
          announced = state.phase;
          announce(announced === ANSWERING ? 'live.answering' : 'live.reasoning');
        }
        this.#schedule();
      }
      endOfStream(state, isComplete, performance.now());
    } catch (error) {
      this.#fail(error);
    } finally {
      clearInterval(timer);
      this.#abort = null;
    }
    announce({ [DONE]: 'live.done', [STOPPED]: 'live.stopped', [FAILED]: 'live.failed' }[state.phase]);
    this.#render();
  }

  #fail(error) {
    const state = this.#state;
    const now = performance.now();
    if (this.#abort.signal.aborted) {
      stop(state, now);
    } else if (error instanceof ApiError) {
      fail(state, { key: 'turn.failed', parameters: { message: error.message }, isFinal: !error.isFromProxy }, now);
    } else {
      fail(state, { key: state.phase === WAITING ? 'turn.unreachable' : 'turn.cut' }, now);
    }
  }

  /** Ends the answer: the gateway notices it, and ends its calls to the provider. */
  stop() {
    this.#abort?.abort();
  }

  /** Shows the state soon: in the next frame, or later if that takes long. */
  #schedule() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      const start = performance.now();
      if (start >= this.#nextRender) {
        this.#render();
        const end = performance.now();
        this.#nextRender = end + (end - start) * (1 / MAX_SHARE - 1);
      }
    });
  }

  #render() {
    const state = this.#state;
    const ended = hasEnded(state);
    this.#waiting.hidden = state.phase !== WAITING;
    this.#reasoning.update(state, performance.now());
    this.#answer.update(state.answer || state.refusal, ended);
    this.#showImages();
    this.#showNotice();
    this.#footer.hidden = !ended;
    if (ended) {
      this.#showFooter();
    }
  }

  #showImages() {
    for (const image of this.#state.images.slice(this.#images.children.length)) {
      this.#images.append(imageView(image.image_url?.url ?? ''));
    }
  }

  #showNotice() {
    const notice = noticeOf(this.#state);
    this.#notice.hidden = notice === null;
    if (notice) {
      this.#notice.classList.toggle('is-error', this.#state.phase === FAILED);
      label(this.#notice, 'text', notice);
    }
  }

  #showFooter() {
    const state = this.#state;
    this.#actions.replaceChildren(...(state.answer ? [copyButton(() => state.answer)] : []), ...this.#actionsOf());
    showParts(this.#summary, summaryOf(state));
  }
}

function noticeOf(state) {
  if (state.phase === FAILED) {
    return [state.error.key, state.error.parameters];
  }
  if (state.phase === STOPPED) {
    return ['turn.stopped'];
  }
  if (state.toolCalls.length > 0) {
    return ['turn.toolCall', { name: state.toolCalls.join(', ') }];
  }
  return { length: ['turn.length'], content_filter: ['turn.filtered'] }[state.finishReason] ?? null;
}

/** What the answer took, as texts. */
function summaryOf(state) {
  const summary = state.summary;
  if (!summary) {
    return [];
  }
  const { agreement, usage, currency } = summary;
  return [
    agreement && ['summary.votes', { votes: agreement.votes, of: agreement.of }],
    usage && [usage.calls === 1 ? 'summary.call' : 'summary.calls', { count: usage.calls }],
    usage && ['summary.tokens', { count: usage.prompt_tokens + usage.completion_tokens }],
    usage?.cost !== undefined && ['summary.cost', { cost: usage.cost, currency: currency ?? '' }],
    summary.seconds !== undefined && ['summary.seconds', { seconds: fixed(summary.seconds, 1) }],
  ];
}

/** A button with a text. */
export function textButton(key, iconName, onClick, kind = '') {
  return h('button', { type: 'button', class: `text-button ${kind}`, on: { click: onClick } }, icon(iconName), h('span', { text: key }));
}
