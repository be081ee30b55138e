// A question and its answers: one, or those of two models side by side.

import { h } from './dom.mjs';
import { QuestionView } from './question-view.mjs';
import { ReplyView } from './reply-view.mjs';
import { DONE } from './turn-state.mjs';

export class TurnView {
  models;
  replies;
  requests = []; // of the replies: what was sent last
  canAskAgain;
  isReplacing = false; // whether it was asked again, and what it replaces is still stored
  #question;
  #questionView;

  element;

  /**
   * @param question `{text, images, system}`
   * @param models the names of the models that answer, which are shown if there are several
   * @param actions creates further buttons of an answer, of this turn and the index of the answer
   * @param onResend is called with a changed question, and resolves to whether it was sent; null if it cannot be changed
   */
  constructor(question, models, actions, onResend) {
    this.models = models;
    this.#question = question;
    this.canAskAgain = onResend !== null;
    this.#questionView = new QuestionView(question, onResend);
    this.replies = models.map((_, index) => new ReplyView(() => actions(this, index)));
    const columns = models.length > 1;
    this.element = h('article', { class: columns ? 'turn is-compared' : 'turn' },
      this.#questionView.element,
      h('div', { class: 'replies' }, this.replies.map((reply, index) => h('section', { class: 'reply-column' },
        h('h2', columns ? { class: 'reply-model' } : { class: 'visually-hidden', text: 'turn.assistant' }, ...(columns ? [models[index]] : [])),
        reply.element))));
  }

  get question() {
    return this.#question;
  }

  set question(question) {
    this.#question = question;
    this.#questionView.update(question);
  }

  /** The id of the stored turn; null if its answer is not complete. */
  get id() {
    const { state } = this.replies[0];
    return state.phase === DONE ? state.turn : null;
  }
}

/** The message of the API for a question. */
export function userMessage({ text, images }) {
  if (images.length === 0) {
    return { role: 'user', content: text };
  }
  return {
    role: 'user',
    content: [...(text ? [{ type: 'text', text }] : []), ...images.map((url) => ({ type: 'image_url', image_url: { url } }))],
  };
}

/** The message of the API for a system prompt, in a list that is empty without one. */
export function systemMessages(system) {
  return system ? [{ role: 'system', content: system }] : [];
}
