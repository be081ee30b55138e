// A question: its text and images, and the form to change it.

import { h, iconButton } from './dom.mjs';
import { imageView } from './images.mjs';
import { copyButton } from './markdown.mjs';

export class QuestionView {
  #question;
  #onResend;
  #editor = null;
  #edit = iconButton('edit', 'turn.edit', () => this.#openEditor(), { class: 'icon-button is-restart' });

  element = h('div', { class: 'question' });

  /** @param onResend is called with the changed question, and resolves to whether it was sent; null if it cannot be changed */
  constructor(question, onResend) {
    this.#question = question;
    this.#onResend = onResend;
    this.#show();
  }

  #show() {
    const { text, images, system } = this.#question;
    this.element.replaceChildren(
      ...(system ? [h('details', { class: 'system-prompt' }, h('summary', { text: 'settings.system' }), h('p', { dir: 'auto' }, system))] : []),
      h('h2', { class: 'visually-hidden', text: 'turn.you' }),
      ...(images.length > 0 ? [h('div', { class: 'question-images' }, images.map(imageView))] : []),
      ...(text ? [h('div', { class: 'question-text', dir: 'auto' }, text)] : []),
      h('div', { class: 'question-actions' }, text && copyButton(() => text), this.#onResend && this.#edit));
  }

  #openEditor() {
    const input = h('textarea', { class: 'composer-input', rows: '1', dir: 'auto', label: 'turn.edit' });
    const form = h('form', { class: 'question-editor', on: { submit: (event) => {
      event.preventDefault();
      this.#resend(input.value.trim());
    } } }, input, h('div', { class: 'question-editor-bar' },
      h('button', { type: 'button', class: 'button', text: 'app.cancel', on: { click: () => this.#closeEditor() } }),
      h('button', { type: 'submit', class: 'button is-primary', text: 'composer.send' })));
    input.value = this.#question.text;
    const grow = () => {
      input.style.height = 'auto';
      input.style.height = `${input.scrollHeight}px`;
    };
    input.addEventListener('input', grow);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing) {
        event.preventDefault();
        this.#closeEditor();
      } else if (isSubmit(event)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    this.#editor = form;
    this.element.classList.add('is-edited');
    this.element.append(form);
    grow();
    input.focus();
  }

  #closeEditor() {
    this.#editor.remove();
    this.element.classList.remove('is-edited');
    this.#edit.focus();
  }

  async #resend(text) {
    const { images } = this.#question;
    if ((text || images.length > 0) && await this.#onResend({ text, images })) {
      this.#closeEditor();
    }
  }

  /** Shows another question. */
  update(question) {
    this.#question = question;
    this.#show();
  }
}

/** Whether the reader writes on a touch screen. */
export const TOUCH = matchMedia('(pointer: coarse)');

/**
 * Whether a key sends a text. While an input method composes a character, Enter belongs to it; the keyboard of a touch screen has no Shift
 * for a new line.
 */
export function isSubmit(event) {
  return !TOUCH.matches && event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}
