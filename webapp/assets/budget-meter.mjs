// What a turn has used of its budget: calls, tokens, time and money.

import { h, label } from './dom.mjs';
import { fixed } from './texts.mjs';

const LONG_SECONDS = 120; // from here on in minutes
const ENTRIES = ['calls', 'tokens', 'seconds', 'cost'];

export class BudgetMeter {
  #entries = new Map();

  element = h('div', { class: 'budget', role: 'group', label: 'budget.label', hidden: true });

  update(state) {
    this.element.hidden = state.budget === null;
    const total = totalOf(state.summary);
    for (const name of ENTRIES) {
      const use = state.budget && [total[name] ?? state.budget[name]?.[0] ?? 0, state.budget[name]?.[1] ?? null];
      if (use && (use[0] > 0 || use[1] !== null)) { // a cost of 0 without a limit: the models have no price
        this.#entry(name).update(use, state.summary?.currency ?? '');
      }
    }
  }

  #entry(name) {
    let entry = this.#entries.get(name);
    if (!entry) {
      entry = new Entry(name);
      this.#entries.set(name, entry);
      this.element.append(entry.element);
    }
    return entry;
  }
}

/** What a turn that has ended has used: its last event of the budget may be older than its last calls. */
function totalOf(summary) {
  return { calls: summary?.usage?.calls, tokens: summary?.usage?.completion_tokens, seconds: summary?.seconds, cost: summary?.usage?.cost };
}

class Entry {
  #name;
  #value = h('span', { class: 'budget-value' });
  #track = h('span', { class: 'budget-track', 'aria-hidden': 'true' }, h('span', { class: 'budget-used' }));

  constructor(name) {
    this.#name = name;
    this.element = h('div', { class: 'budget-entry' }, h('span', { class: 'budget-name', text: `budget.${name}` }), this.#value, this.#track);
  }

  update([used, limit], currency) {
    if (limit === null) {
      label(this.#value, 'text', ['budget.used', { used: this.#format(used, currency) }]);
    } else {
      label(this.#value, 'text', ['budget.of', { used: this.#format(used, ''), limit: this.#format(limit, currency) }]);
    }
    this.#track.hidden = limit === null;
    this.#track.firstChild.style.setProperty('--share', Math.min(1, used / (limit || 1)));
  }

  #format(value, currency) {
    switch (this.#name) {
      case 'seconds':
        return value < LONG_SECONDS
          ? { text: 'reasoning.seconds', parameters: { seconds: fixed(value, 0) } }
          : { text: 'budget.minutes', parameters: { minutes: Math.round(value / 60) } };
      case 'cost':
        return currency ? { text: 'summary.cost', parameters: { cost: value, currency } } : value;
      default:
        return value;
    }
  }
}
