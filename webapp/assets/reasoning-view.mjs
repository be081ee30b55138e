// The reasoning of a turn: a timeline of steps, a board of concurrent samples with their votes, and the budget.

import { h, icon, label, showParts, showPlain } from './dom.mjs';
import { MarkdownView } from './markdown.mjs';
import { fixed, hasText } from './texts.mjs';
import { ANSWERING, DONE, REASONING, WAITING, hasEnded, secondsOf, stepsOf } from './turn-state.mjs';
import { LaneBoard } from './lane-board.mjs';
import { BudgetMeter } from './budget-meter.mjs';

let nextId = 0;

export class ReasoningView {
  #id = `reasoning-${nextId++}`;
  #title = h('span', { class: 'reasoning-title', text: 'reasoning.running' });
  #meta = h('span', { class: 'reasoning-meta' });
  #toggle = h('button', { type: 'button', class: 'reasoning-toggle', 'aria-controls': this.#id, on: { click: () => this.#toggleByReader() } },
    h('span', { class: 'reasoning-mark' }), this.#title, this.#meta, icon('chevron'));
  #timeline = h('ol', { class: 'timeline' });
  #board = new LaneBoard();
  #ended = h('p', { class: 'reasoning-ended', hidden: true });
  #budget = new BudgetMeter();
  #content = h('div', { class: 'reasoning-content' }, this.#timeline, this.#board.element, this.#ended, this.#budget.element);
  #body = h('div', { class: 'reasoning-body', id: this.#id }, this.#content);
  #steps = new Map();
  #wasToggled = false;
  #phase = null;
  #state = null;
  #wasOpen = false; // since there was something to show: a long conversation has much that is never looked at
  #isOpen = false;

  element = h('section', { class: 'reasoning', hidden: true }, this.#toggle, this.#body);

  /** @param opensWhileRunning whether the reader sees the reasoning without asking for it */
  constructor(opensWhileRunning) {
    this.#setOpen(opensWhileRunning);
  }

  #toggleByReader() {
    this.#wasToggled = true;
    this.#setOpen(!this.#isOpen);
  }

  #setOpen(open) {
    this.#isOpen = open;
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.#body.inert = !open;
    this.element.classList.toggle('is-open', open);
    if (open && !this.#wasOpen && this.#state) {
      this.#wasOpen = true;
      this.#updateContent(this.#state, performance.now());
    }
  }

  /** Shows the state of a turn at a time in milliseconds. */
  update(state, now) {
    const hasReasoning = state.steps.size > 0;
    this.element.hidden = !hasReasoning && state.phase !== REASONING;
    if (this.element.hidden) {
      return;
    }
    if (this.#phase !== state.phase) {
      const isOver = state.phase === ANSWERING || hasEnded(state);
      const isAnswered = state.phase === ANSWERING || state.phase === DONE; // otherwise the reader may want to know how far it came
      const wasOver = this.#phase === ANSWERING;
      this.#phase = state.phase;
      this.element.classList.toggle('is-running', !isOver);
      label(this.#title, 'text', isOver ? 'reasoning.done' : 'reasoning.running');
      if (isAnswered && !wasOver && !this.#wasToggled) {
        this.#setOpen(false);
      }
    }
    this.#updateMeta(state, now);
    this.#state = state;
    this.#wasOpen ||= this.#isOpen;
    if (this.#wasOpen) {
      this.#updateContent(state, now);
    }
  }

  #updateContent(state, now) {
    this.#updateTimeline(state, now);
    this.#board.update(state, now);
    this.#budget.update(state);
    this.#updateEnded(state);
  }

  #updateMeta(state, now) {
    const steps = stepsOf(state, 'step').length;
    const samples = stepsOf(state, 'sample').length;
    const seconds = secondsOfAll(state, now);
    const tokens = state.summary?.usage?.reasoning_tokens ?? state.budget?.tokens?.[0];
    showParts(this.#meta, [
      steps > 0 && [steps === 1 ? 'reasoning.step' : 'reasoning.steps', { count: steps }],
      samples > 0 && [samples === 1 ? 'reasoning.sample' : 'reasoning.samples', { count: samples }],
      seconds !== null && ['reasoning.seconds', { seconds: fixed(seconds, 1) }],
      tokens > 0 && ['reasoning.tokens', { count: tokens }],
    ]);
  }

  #updateTimeline(state, now) {
    for (const step of stepsOf(state, 'step', 'judge')) {
      let view = this.#steps.get(step.number);
      if (!view) {
        view = new StepView(step);
        this.#steps.set(step.number, view);
        this.#timeline.append(view.element);
      }
      view.update(step, now);
    }
    this.#timeline.hidden = this.#steps.size === 0;
  }

  #updateEnded(state) {
    const key = `ended.${state.summary?.ended_by}`;
    this.#ended.hidden = !hasText(key);
    if (hasText(key)) {
      label(this.#ended, 'text', ['reasoning.ended', { reason: { text: key } }]);
    }
  }
}

/** The time of the reasoning: until its last step ended, or until now. */
function secondsOfAll(state, now) {
  const steps = [...state.steps.values()].filter((step) => step.startedAt !== null);
  if (steps.length === 0) {
    return null;
  }
  const end = state.phase === WAITING || state.phase === REASONING ? now : Math.max(...steps.map((step) => step.endedAt ?? step.startedAt));
  return (end - steps[0].startedAt) / 1000;
}

class StepView {
  #title = h('span', { class: 'step-title', dir: 'auto' });
  #meta = h('span', { class: 'step-meta' });
  #text = new MarkdownView();

  constructor(step) {
    this.element = h('li', { class: 'step' },
      h('span', { class: 'step-number', 'aria-hidden': 'true' }, String(step.number)),
      h('div', { class: 'step-body' }, h('div', { class: 'step-head' }, this.#title, this.#meta), this.#text.element));
  }

  update(step, now) {
    this.element.dataset.state = step.state;
    const title = step.title ?? step.label;
    if (title) {
      showPlain(this.#title, title);
    } else {
      label(this.#title, 'text', ['reasoning.stepNumber', { number: step.number }]);
    }
    const seconds = secondsOf(step, now);
    showParts(this.#meta, [
      seconds !== null && ['reasoning.seconds', { seconds: fixed(seconds, 1) }],
      step.tokens !== null && ['reasoning.tokens', { count: step.tokens }],
      step.attempt > 1 && ['reasoning.retried', { number: step.attempt }],
      step.state === 'failed' && ['step.failed', {}],
      step.state === 'cancelled' && ['step.cancelledOnly', {}],
    ]);
    this.#text.update(step.text, step.state !== 'open');
  }
}
