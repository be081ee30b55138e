// A question and its answers: one, or those of two models side by side.

import { h } from './dom.mjs';
import { ReplyView } from './reply-view.mjs';

export class TurnView {
  replies;
  question;

  element;

  /**
   * @param question `{text, images}`
   * @param models the name of each model that answers, to be shown if there are several
   * @param actions creates further buttons of an answer, of its index and its view
   */
  constructor(question, models, actions) {
    this.question = question;
    this.replies = models.map((_, index) => new ReplyView((view) => actions(this, index, view)));
    const columns = models.length > 1;
    this.element = h('article', { class: columns ? 'turn is-compared' : 'turn' },
      h('div', { class: 'question' },
        h('h2', { class: 'visually-hidden', text: 'turn.you' }),
        question.images.length > 0 && h('div', { class: 'question-images' }, question.images.map((url) => h('img', { src: url, alt: '' }))),
        question.text && h('div', { class: 'question-text', dir: 'auto' }, question.text)),
      h('div', { class: 'replies' }, this.replies.map((reply, index) => h('section', { class: 'reply-column' },
        h('h2', columns ? { class: 'reply-model' } : { class: 'visually-hidden', text: 'turn.assistant' }, ...(columns ? [models[index]] : [])),
        reply.element))));
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
