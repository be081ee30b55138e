// The chat that is shown: a stored conversation, or a comparison of two models, which is not stored.

import * as api from './api.mjs';
import { h, icon } from './dom.mjs';
import { Follower } from './follower.mjs';
import { turnsOf } from './history.mjs';
import { textButton } from './reply-view.mjs';
import { settings } from './settings.mjs';
import { titleFor } from './sidebar.mjs';
import { DONE, FAILED, STOPPED } from './turn-state.mjs';
import { TurnView, userMessage } from './turn-view.mjs';

export class Chat {
  #turns = [];
  #conversation = null; // the id of the stored conversation
  #opening = null; // the id of the conversation that is being read
  #isComparing = false;
  #running = new Set();
  #list = h('div', { class: 'turns' });
  #welcome;
  #hint = h('p', { class: 'compare-hint', hidden: true, text: 'model.compareHint' });
  #toEnd = h('button', {
    type: 'button', class: 'to-end', title: 'thread.toEnd', hidden: true, on: { click: () => this.#follower.toEnd() },
  }, icon('down'));
  #content;
  #scroller;
  #follower;
  #handlers;

  element;

  /**
   * @param handlers `onCreated(conversation)`, `onRunning(isRunning)`, `onKeyRejected()`, `onComparing(isComparing)`, `onExample(text)`,
   *     `onChosen(model)`, and `hasPro(model)`
   */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#welcome = h('div', { class: 'welcome' },
      h('h1', { text: 'welcome.title' }), h('p', { text: 'welcome.text' }),
      h('ul', { class: 'examples' }, ['welcome.example1', 'welcome.example2', 'welcome.example3'].map((key) =>
        h('li', {}, h('button', { type: 'button', class: 'example', text: key, on: { click: (event) => handlers.onExample(event.currentTarget.textContent) } })))));
    this.#content = h('div', { class: 'thread-content' }, this.#welcome, this.#hint, this.#list);
    this.#scroller = h('main', { class: 'thread', tabindex: '-1', label: 'app.thread' }, this.#content);
    this.element = h('div', { class: 'thread-box' }, this.#scroller, this.#toEnd);
    this.#follower = new Follower(this.#scroller, this.#content, (away) => { this.#toEnd.hidden = !away; });
    this.#showState();
  }

  get conversation() {
    return this.#conversation;
  }

  get isComparing() {
    return this.#isComparing;
  }

  get isRunning() {
    return this.#running.size > 0;
  }

  /** Shows an empty chat. */
  clear(comparing = false) {
    this.stop();
    this.#opening = null;
    this.#turns = [];
    this.#conversation = null;
    this.#isComparing = comparing;
    this.#list.replaceChildren();
    this.#showState();
    this.#follower.toStart();
    this.#handlers.onComparing(comparing);
  }

  #showState() {
    this.#welcome.hidden = this.#turns.length > 0;
    this.#hint.hidden = !this.#isComparing;
    this.element.classList.toggle('is-empty', this.#turns.length === 0);
    this.element.classList.toggle('is-comparing', this.#isComparing);
  }

  /** Shows a stored conversation. Returns false if another one was chosen in the meantime. */
  async open(id) {
    this.#opening = id;
    const items = await api.items(id);
    if (this.#opening !== id) {
      return false;
    }
    this.clear();
    this.#conversation = id;
    for (const { question, images, state } of turnsOf(items)) {
      this.#add({ text: question, images }, ['']).replies[0].show(state);
    }
    this.#follower.toEnd();
    return true;
  }

  #add(question, models) {
    const turn = new TurnView(question, models, (view, index, reply) => this.#actions(view, index, reply));
    this.#turns.push(turn);
    this.#list.append(turn.element);
    this.#showState();
    return turn;
  }

  /** Asks a question. */
  async send(question) {
    const models = this.#isComparing ? [settings.model, settings.secondModel] : [settings.model];
    const turn = this.#add(question, models);
    turn.models = models;
    this.#follower.toEnd();
    await Promise.all(turn.replies.map((_, index) => this.#run(turn, index)));
  }

  async #run(turn, index) {
    const reply = turn.replies[index];
    this.#running.add(reply);
    this.#handlers.onRunning(true);
    try {
      await reply.run(() => this.#body(turn, index));
    } finally {
      this.#running.delete(reply);
      this.#handlers.onRunning(this.isRunning);
    }
    if (reply.state.error?.status === 401) {
      this.#handlers.onKeyRejected();
    }
  }

  /** The request for an answer. What was not answered before is not part of it. */
  async #body(turn, index) {
    const model = turn.models[index];
    const own = settings.system.trim() ? [{ role: 'system', content: settings.system.trim() }] : [];
    const body = {
      model,
      ...(settings.effort ? { reasoning_effort: settings.effort } : {}),
      ...(settings.pro && this.#handlers.hasPro(model) ? { reasoning: { mode: 'pro' } } : {}),
    };
    if (this.#isComparing) {
      return { ...body, messages: [...own, ...this.#earlierMessages(turn, index), userMessage(turn.question)] };
    }
    if (this.#conversation === null) {
      const created = await api.createConversation({ title: titleFor(turn.question) });
      if (this.#turns.includes(turn)) { // otherwise the reader has left, and the answer is stopped
        this.#conversation = created.id;
        this.#handlers.onCreated(created);
      }
    }
    return { ...body, conversation_id: this.#conversation, messages: [...own, userMessage(turn.question)] };
  }

  #earlierMessages(turn, index) {
    const messages = [];
    for (const earlier of this.#turns) {
      if (earlier === turn) {
        break;
      }
      const { state } = earlier.replies[index];
      if (state.phase === DONE && state.answer) {
        messages.push(userMessage(earlier.question), { role: 'assistant', content: state.answer });
      }
    }
    return messages;
  }

  /** Stops all answers that run. */
  stop() {
    this.#running.forEach((reply) => reply.stop());
  }

  #actions(turn, index, reply) {
    const { phase } = reply.state;
    const buttons = [];
    if (phase === FAILED || phase === STOPPED) {
      buttons.push(textButton('turn.retry', 'retry', () => {
        this.#follower.toEnd();
        this.#run(turn, index);
      }, 'is-retry'));
    }
    if (phase === DONE && this.#isComparing) {
      buttons.push(textButton('model.continue', 'chat', () => this.#continueWith(turn, index)));
    }
    return buttons;
  }

  /** Stores the answers of one of two models as a conversation, and goes on with that. */
  async #continueWith(turn, index) {
    const messages = [...this.#earlierMessages(null, index)];
    const items = messages.map(({ role, content }) => ({
      type: 'message',
      role,
      content: Array.isArray(content) ? content.map(toItemPart) : content,
    }));
    const created = await api.createConversation({ title: titleFor(this.#turns[0].question) }, items.slice(-20));
    this.#handlers.onChosen(turn.models[index]);
    await this.open(created.id);
    this.#handlers.onCreated(created);
  }
}

function toItemPart(part) {
  return part.type === 'text' ? { type: 'input_text', text: part.text } : { type: 'input_image', image_url: part.image_url.url };
}
