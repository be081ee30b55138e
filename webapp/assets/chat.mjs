// The chat that is shown: a stored conversation, or a comparison of two models, which is not stored.

import * as api from './api.mjs';
import { messagesOf, store } from './comparison.mjs';
import { h, icon, iconButton } from './dom.mjs';
import { Follower } from './follower.mjs';
import { turnsOf } from './history.mjs';
import { textButton } from './reply-view.mjs';
import { settings } from './settings.mjs';
import { titleFor } from './sidebar.mjs';
import { DONE, FAILED, STOPPED, mayBeStored } from './turn-state.mjs';
import { TurnView, systemMessages, userMessage } from './turn-view.mjs';

export class Chat {
  #turns = [];
  #conversation = newConversation();
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
   * @param handlers `onCreated(conversation, isShown)`, `onRunning(isRunning)`, `onKeyRejected()`, `onComparing(isComparing)`,
   *     `onExample(text)`, `onChosen(model)`, and `hasPro(model)`
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

  /** The id of the conversation; null if it is not stored. */
  get conversation() {
    return this.#conversation.isStored ? this.#conversation.id : null;
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
    this.#conversation = newConversation();
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
    let items;
    try {
      items = await api.items(id);
    } catch (error) {
      if (this.#opening !== id) {
        return false;
      }
      throw error;
    }
    if (this.#opening !== id) {
      return false;
    }
    this.clear();
    this.#conversation = { id, isStored: true };
    let previous = null;
    for (const { id: turn, question, state } of turnsOf(items)) {
      // Of several questions that a client has added at once, only the first one has a turn before it.
      const canAskAgain = turn !== previous && (question.text !== '' || question.images.length > 0);
      this.#add(question, [''], canAskAgain).replies[0].show(state);
      previous = turn;
    }
    this.#follower.toEnd();
    return true;
  }

  #add(question, models, canAskAgain = true) {
    const turn = new TurnView(question, models, (view, index) => this.#actions(view, index),
      canAskAgain ? (changed) => this.#resend(turn, changed) : null);
    this.#turns.push(turn);
    this.#list.append(turn.element);
    this.#showState();
    return turn;
  }

  /** Asks a question. */
  async send(question) {
    const turn = this.#add(question, this.#isComparing ? [settings.model, settings.secondModel] : [settings.model]);
    this.#follower.toEnd();
    await Promise.all(turn.replies.map((_, index) => this.#run(turn, index)));
  }

  /** Asks a changed question, unless an answer runs. */
  #resend(turn, question) {
    if (this.isRunning) {
      return false;
    }
    this.#askAgain(turn, [...turn.replies.keys()], question);
    return true;
  }

  /** Asks a question again, which may have changed. What came after it leaves the chat, and the conversation with the new answer. */
  async #askAgain(turn, indexes, question = turn.question) {
    if (this.isRunning) {
      return;
    }
    const later = this.#turns.splice(this.#turns.indexOf(turn) + 1);
    later.forEach(({ element }) => element.remove());
    turn.isReplacing ||= !this.#isComparing && [turn, ...later].some(({ id }) => id !== null);
    if (question !== turn.question) {
      turn.question = question;
      turn.requests = [];
    }
    this.#scroller.focus({ preventScroll: true }); // the button is gone
    this.#follower.toEnd();
    await Promise.all(indexes.map((index) => this.#run(turn, index)));
  }

  async #run(turn, index) {
    const reply = turn.replies[index];
    const conversation = this.#conversation;
    if (!turn.requests[index] || !mayBeStored(reply.state)) {
      turn.requests[index] = this.#request(turn, index);
    }
    this.#setRunning(reply, true);
    try {
      await reply.run(turn.requests[index]);
    } finally {
      this.#setRunning(reply, false);
    }
    if (reply.state.error?.status === 401) {
      this.#handlers.onKeyRejected();
    }
    if (reply.state.phase === DONE && turn.requests[index].key) {
      turn.isReplacing = false;
      await this.#stored(conversation, turn);
    }
  }

  #setRunning(reply, running) {
    this.#running[running ? 'add' : 'delete'](reply);
    this.element.classList.toggle('is-running', this.isRunning);
    this.#handlers.onRunning(this.isRunning);
  }

  /** The request for an answer, `{body, key}`. The same key is answered once. What was not answered before is not part of it. */
  #request(turn, index) {
    const model = this.#isComparing ? turn.models[index] : settings.model;
    const system = settings.system.trim();
    const earlier = this.#turns.slice(0, this.#turns.indexOf(turn));
    const body = {
      model,
      ...(settings.effort ? { reasoning_effort: settings.effort } : {}),
      ...(settings.pro && this.#handlers.hasPro(model) ? { reasoning: { mode: 'pro' } } : {}),
    };
    if (this.#isComparing) {
      return { body: { ...body, messages: messagesOf(earlier, index, system, turn.question) } };
    }
    const parent = earlier.findLast(({ id }) => id !== null)?.id ?? null;
    if (parent === null) { // the system prompt is part of a conversation's beginning
      turn.question = { ...turn.question, system };
    }
    const messages = [...systemMessages(parent === null ? system : ''), userMessage(turn.question)];
    return { body: { ...body, conversation_id: this.#conversation.id, x_o1: { parent }, messages }, key: randomName() };
  }

  /** Completes what an answer has stored: the title of a new conversation, and the reasoning of an answer that was repeated. */
  async #stored(conversation, turn) {
    if (!conversation.isStored) {
      conversation.isStored = true;
      const metadata = { title: titleFor(this.#turns[0]?.question ?? turn.question) };
      const created = await api.setMetadata(conversation.id, metadata).catch(() => ({ id: conversation.id, metadata }));
      this.#handlers.onCreated(created, conversation === this.#conversation);
    }
    const { state } = turn.replies[0];
    if (state.steps.size === 0 && (state.summary?.steps > 0 || state.summary?.samples)) {
      const found = turnsOf(await api.items(conversation.id).catch(() => [])).find(({ id }) => id === state.turn);
      if (found && turn.replies[0].state === state) {
        turn.replies[0].show({ ...state, steps: found.state.steps });
      }
    }
  }

  /** Stops all answers that run. */
  stop() {
    this.#running.forEach((reply) => reply.stop());
  }

  #actions(turn, index) {
    const { phase } = turn.replies[index].state;
    const askAgain = () => this.#askAgain(turn, [index]);
    const buttons = [];
    if (turn.canAskAgain) {
      buttons.push(phase === DONE
        ? iconButton('retry', 'turn.retry', askAgain, { class: 'icon-button is-restart' })
        : textButton('turn.retry', 'retry', askAgain, 'is-restart'));
    }
    if ((phase === FAILED || phase === STOPPED) && turn.isReplacing) {
      buttons.push(textButton('turn.restore', 'undo', () => this.open(this.#conversation.id), 'is-restart'));
    }
    if (phase === DONE && this.#isComparing) {
      buttons.push(textButton('model.continue', 'chat', () => this.#continueWith(turn, index)));
    }
    return buttons;
  }

  /** Goes on with the answers of one of two models. */
  async #continueWith(turn, index) {
    const turns = this.#turns.slice(0, this.#turns.indexOf(turn) + 1);
    const created = await store(turns, index, settings.system.trim(), titleFor(turns[0].question));
    this.#handlers.onChosen(turn.models[index]);
    if (await this.open(created.id)) {
      this.#handlers.onCreated(created, true);
    }
  }
}

/** A conversation that is stored with its first answer. */
function newConversation() {
  return { id: `chat-${randomName()}`, isStored: false };
}

function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
