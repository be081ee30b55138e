// Concurrent samples, each in a lane while it is generated, and the vote on their results.

import { h, icon, label, showParts, showPlain } from './dom.mjs';
import { MarkdownView } from './markdown.mjs';
import { fixed } from './texts.mjs';
import { secondsOf, stepsOf } from './turn-state.mjs';

const SHOWN_CHARACTERS = 240;
const CHARACTERS_PER_TOKEN = 4; // roughly, until the gateway reports the number
const COLOURS = 6;
const MAX_RESULT_MARK = 20; // characters before a conclusion in its line

let nextId = 0;

export class LaneBoard {
  #lanes = new Map();
  #list = h('ul', { class: 'lanes', label: 'lanes.label' });
  #detailId = `lane-text-${nextId++}`;
  #detail = h('div', { class: 'lane-detail', id: this.#detailId, hidden: true });
  #selected = null;
  #tally = new TallyBar();

  element = h('div', { class: 'board', hidden: true }, this.#list, this.#detail, this.#tally.element);

  update(state, now) {
    const samples = stepsOf(state, 'sample');
    this.element.hidden = samples.length === 0;
    for (const step of samples) {
      let lane = this.#lanes.get(step.number);
      if (!lane) {
        lane = new Lane(step, this.#detailId, () => this.#select(lane));
        this.#lanes.set(step.number, lane);
        this.#list.append(lane.element);
      }
      lane.update(step, now, colourOf(step.conclusion, state.results));
    }
    if (this.#selected) {
      this.#selected.showIn(this.#detail);
    }
    this.#tally.update(state.tally, state.results, samples);
  }

  #select(lane) {
    this.#selected?.setSelected(false);
    this.#selected = this.#selected === lane ? null : lane;
    this.#selected?.setSelected(true);
    this.#detail.hidden = this.#selected === null;
    this.#detail.replaceChildren();
    this.#selected?.showIn(this.#detail);
  }
}

/** The colour of a result, which it keeps; of one that is not among those with votes: none. */
function colourOf(conclusion, results) {
  const plain = conclusion?.replaceAll(/[*`$]/g, '').trim().toLowerCase();
  const index = results.findIndex((value) => value.toLowerCase() === plain);
  return index < 0 ? '' : String(index % COLOURS);
}

class Lane {
  #name = h('span', { class: 'lane-name' });
  #state = h('span', { class: 'lane-state', 'aria-hidden': 'true' });
  #tail = h('span', { class: 'lane-tail', dir: 'auto', 'aria-hidden': 'true' });
  #result = h('span', { class: 'lane-result', dir: 'auto' });
  #meta = h('span', { class: 'lane-meta' });
  #button;
  #shownState = null;
  #text = null;
  #step;

  constructor(step, detailId, onSelect) {
    this.#step = step;
    this.#button = h('button', { type: 'button', class: 'lane-button', 'aria-expanded': 'false', 'aria-controls': detailId, on: { click: onSelect } },
      h('span', { class: 'lane-head' }, this.#name, this.#state), this.#result, this.#tail, this.#meta);
    this.element = h('li', { class: 'lane' }, this.#button);
  }

  setSelected(selected) {
    this.#button.setAttribute('aria-expanded', String(selected));
  }

  update(step, now, colour) {
    this.#step = step;
    this.element.dataset.state = step.state;
    this.element.dataset.colour = colour;
    showName(this.#name, step);
    const icons = { completed: 'check', cancelled: 'close', failed: 'alert' };
    if (this.#shownState !== step.state) {
      this.#shownState = step.state;
      this.#state.replaceChildren(...(icons[step.state] ? [icon(icons[step.state])] : []));
    }
    this.#tail.textContent = plainTail(ownText(step));
    this.#updateResult(step);
    const tokens = step.tokens ?? Math.round(step.text.length / CHARACTERS_PER_TOKEN);
    const seconds = secondsOf(step, now);
    showParts(this.#meta, [
      tokens > 0 && [step.tokens === null ? 'reasoning.about' : 'reasoning.tokens', { count: tokens }],
      seconds !== null && ['reasoning.seconds', { seconds: fixed(seconds, 1) }],
    ]);
  }

  #updateResult(step) {
    this.#result.hidden = step.state === 'open';
    if (step.state === 'cancelled') {
      label(this.#result, 'text', step.savedTokens > 0 ? ['step.cancelled', { tokens: step.savedTokens }] : 'step.cancelledOnly');
    } else if (step.state === 'failed') {
      label(this.#result, 'text', 'step.failed');
    } else if (step.conclusion) {
      showPlain(this.#result, step.conclusion);
    } else {
      this.#result.hidden = true;
    }
  }

  /** Shows the whole text. */
  showIn(element) {
    this.#text ??= new MarkdownView();
    this.#text.update(this.#step.text, this.#step.state !== 'open');
    if (this.#text.element.parentElement !== element) {
      const name = h('strong', { class: 'lane-detail-name' });
      showName(name, this.#step);
      element.replaceChildren(name, this.#text.element);
    }
  }
}

/** Shows the name of a sample: the gateway's own in the language of the page, a configured one as it is. */
function showName(element, step) {
  const number = /^Sample (\d+)$/.exec(step.label ?? '')?.[1];
  if (number) {
    label(element, 'text', ['lane.name', { number: Number(number) }]);
  } else {
    showPlain(element, step.label ?? '');
  }
}

/** The text of a sample without a last line that the lane shows as its result: that it was cancelled, or its conclusion. */
function ownText({ state, text, conclusion, savedTokens }) {
  const source = text.trimEnd();
  const start = source.lastIndexOf('\n');
  const last = source.slice(start + 1);
  const isCancelled = state === 'cancelled' && savedTokens !== null;
  const isConclusion = conclusion !== null && last.endsWith(conclusion) && last.length <= conclusion.length + MAX_RESULT_MARK;
  return start > 0 && (isCancelled || isConclusion) ? source.slice(0, start) : source;
}

/** The end of a text, without the marks of Markdown. */
function plainTail(source) {
  const tail = source.slice(-SHOWN_CHARACTERS * 2).replaceAll(/^#+\s+|[*`$\\]/gm, '').replaceAll(/\n{2,}/g, '\n').trimStart();
  return tail.length > SHOWN_CHARACTERS ? `…${tail.slice(-SHOWN_CHARACTERS)}` : tail;
}

/** The votes as one bar, and the probability that they are decided. */
class TallyBar {
  #bar = h('div', { class: 'tally-bar', 'aria-hidden': 'true' });
  #legend = h('ul', { class: 'tally-legend' });
  #probability = h('span', { class: 'tally-probability', title: 'tally.explanation' });

  element = h('div', { class: 'tally', role: 'group', label: 'tally.label', hidden: true },
    h('div', { class: 'tally-head' }, h('span', { class: 'tally-title', text: 'tally.label' }), this.#probability), this.#bar, this.#legend);

  update(tally, results, samples) {
    this.element.hidden = !tally;
    if (!tally) {
      return;
    }
    const open = samples.filter((step) => step.state === 'open').length;
    const total = Object.values(tally.counts).reduce((sum, count) => sum + count, 0) + open;
    const counted = results.map((value, index) => ({ value, colour: String(index % COLOURS), count: tally.counts[value] ?? 0 }));
    counted.sort((a, b) => b.count - a.count); // the leader first
    counted.forEach(({ value, colour, count }, index) => {
      const part = this.#bar.children[index] ?? this.#bar.appendChild(h('div', { class: 'tally-part' }));
      part.dataset.colour = colour;
      part.style.setProperty('--share', count / Math.max(total, 1));
      const entry = this.#legend.children[index] ?? this.#legend.appendChild(h('li', { dir: 'auto' }));
      entry.dataset.colour = colour;
      label(entry, 'text', ['tally.votes', { value, count }]);
    });
    const percent = Math.floor(tally.probability * 100);
    label(this.#probability, 'text', ['tally.probability', { percent }]);
  }
}
