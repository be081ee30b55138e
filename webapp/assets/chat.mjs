// The chat that is shown: a stored conversation, or a comparison of two models, which is not stored.

import * as api from './api.mjs';
import { store } from './comparison.mjs';
import { ask } from './dialogs.mjs';
import { h, iconButton } from './dom.mjs';
import { Follower } from './follower.mjs';
import { turnsOf } from './history.mjs';
import { textButton } from './reply-view.mjs';
import { Session } from './session.mjs';
import { settings } from './settings.mjs';
import { titleFor } from './sidebar.mjs';
import { DONE, FAILED, STOPPED, mayBeStored } from './turn-state.mjs';
import { TurnView } from './turn-view.mjs';
import { welcome } from './welcome.mjs';

export class Chat {
  #session = new Session();
  #left = new Map(); // conversations that are not shown while they are answered, by their ids
  #opening = null; // an object for the conversation that is being read
  #list = h('div', { class: 'turns' });
  #welcome;
  #hint = h('p', { class: 'compare-hint', hidden: true, text: 'model.compareHint' });
  #toEnd = iconButton('down', 'thread.toEnd', () => this.#goToEnd(), { class: 'to-end', hidden: true });
  #scroller;
  #follower;
  #handlers;

  element;

  /**
   * @param handlers `onCreated(conversation, isShown)`, `onRunning(isRunning)`, `onOpening(isOpening)`, `onComparing(isComparing)`,
   *     `onExample(text)`, `onChosen(model)`, `onError(error)`, and `hasPro(model)`
   */
  constructor(handlers) {
    this.#handlers = handlers;
    this.#welcome = welcome(handlers.onExample);
    const content = h('div', { class: 'thread-content' }, this.#welcome, this.#hint, this.#list);
    this.#scroller = h('main', { class: 'thread', tabindex: '-1', label: 'app.thread' }, content);
    this.element = h('div', { class: 'thread-box' }, this.#scroller, this.#toEnd);
    this.#follower = new Follower(this.#scroller, content, (away) => { this.#toEnd.hidden = !away; });
    this.#showState();
  }

  /** The id of the conversation; null if it is not among those that are listed. */
  get conversation() {
    return this.#session.isListed ? this.#session.id : null;
  }

  get isComparing() {
    return this.#session.isComparing;
  }

  get isRunning() {
    return this.#session.isRunning;
  }

  /** Shows an empty chat. */
  clear(comparing = false) {
    this.#show(new Session(null, comparing));
    this.#follower.toStart();
  }

  #show(session) {
    this.#leave(this.#session);
    this.#left.delete(session.id);
    this.#session = session;
    this.#setOpening(null);
    this.#list.replaceChildren(...session.turns.map(({ element }) => element));
    this.#showState();
    this.#showRunning();
    this.#handlers.onComparing(session.isComparing);
  }

  /** The answers of a conversation go on when it is left; those of a comparison, which nothing would keep, end. */
  #leave(session) {
    if (session.isComparing || session.isDeleted) {
      session.stop();
    } else if (session.isRunning || session.isListed !== session.isStored) {
      this.#left.set(session.id, session);
      if (!session.isListed) {
        session.isListed = true;
        this.#handlers.onCreated({ id: session.id, metadata: { title: titleFor(session.turns[0].question) }, isPending: true }, false);
      }
    }
  }

  /** Forgets a conversation that was deleted. Returns whether it is the one that is shown. */
  forget(id) {
    const isShown = this.#session.id === id;
    const session = isShown ? this.#session : this.#left.get(id);
    if (session) {
      session.isDeleted = true;
      session.stop();
      this.#left.delete(id);
    }
    return isShown;
  }

  #showState() {
    const isEmpty = this.#session.turns.length === 0;
    this.#welcome.hidden = !isEmpty;
    this.#hint.hidden = !this.isComparing;
    this.element.classList.toggle('is-empty', isEmpty);
    this.element.classList.toggle('is-comparing', this.isComparing);
  }

  #showRunning() {
    this.element.classList.toggle('is-running', this.isRunning);
    this.#handlers.onRunning(this.isRunning);
  }

  #setOpening(opening) {
    this.#opening = opening;
    this.#handlers.onOpening(opening !== null);
  }

  /** Does not show the conversation that is being read. */
  cancelOpening() {
    this.#setOpening(null);
  }

  /** Shows a conversation. Returns false if another one was chosen in the meantime. */
  async open(id) {
    const left = this.#left.get(id);
    if (left) {
      this.#show(left);
      this.#follower.toEnd();
      return true;
    }
    const opening = {};
    this.#setOpening(opening);
    try {
      const items = await api.items(id);
      if (this.#opening !== opening) {
        return false;
      }
      this.#show(this.#stored(id, items));
      this.#follower.toEnd();
      return true;
    } catch (error) {
      if (this.#opening !== opening) {
        return false;
      }
      this.#setOpening(null);
      throw error;
    }
  }

  #stored(id, items) {
    const session = new Session(id);
    let previous;
    for (const { id: turn, question, state } of turnsOf(items)) {
      // Of several questions that a client has added at once, only the first one has a turn before it.
      const canAskAgain = turn !== previous && !question.hasOther && (question.text !== '' || question.images.length > 0);
      this.#turn(session, question, [''], canAskAgain).replies[0].show(state);
      previous = turn;
    }
    return session;
  }

  #turn(session, question, models, canAskAgain = true) {
    const turn = new TurnView(question, models, (view, index) => this.#actions(session, view, index),
      canAskAgain ? (changed) => this.#resend(turn, changed) : null);
    session.turns.push(turn);
    return turn;
  }

  #goToEnd() {
    this.#scroller.focus({ preventScroll: true }); // the button will be gone
    this.#follower.toEnd();
  }

  /** Asks a question. */
  async send(question) {
    const session = this.#session;
    const turn = this.#turn(session, question, session.isComparing ? [settings.model, settings.secondModel] : [settings.model]);
    this.#list.append(turn.element);
    this.#showState();
    this.#follower.toEnd();
    await Promise.all(turn.replies.map((_, index) => this.#run(session, turn, index)));
  }

  /** Asks a changed question. Returns whether it was sent: not while an answer runs, and not if the reader keeps what came after it. */
  async #resend(turn, question) {
    const session = await this.#drop(turn);
    if (session) {
      this.#askAgain(session, turn, [...turn.replies.keys()], question);
    }
    return session !== null;
  }

  /** Removes what came after a turn from the chat, after asking the reader. Returns the chat; null if it stays as it is. */
  async #drop(turn) {
    const session = this.#session;
    const isPossible = () => session === this.#session && !session.isRunning && this.#opening === null;
    const confirm = () => ask({ title: 'turn.dropTitle', submit: 'turn.retry', content: [h('p', { text: 'turn.dropText' })] });
    if (!isPossible() || (session.turns.at(-1) !== turn && (!(await confirm()) || !isPossible()))) {
      return null;
    }
    session.dropAfter(turn);
    return session;
  }

  /** Asks a question again, which may have changed. What came after it leaves the conversation with the new answer. */
  async #askAgain(session, turn, indexes, question = turn.question) {
    if (question !== turn.question) {
      turn.question = question;
      turn.requests = [];
    }
    this.#goToEnd();
    await Promise.all(indexes.map((index) => this.#run(session, turn, index)));
  }

  async #run(session, turn, index) {
    const reply = turn.replies[index];
    if (!turn.requests[index] || !mayBeStored(reply.state)) {
      turn.requests[index] = session.request(turn, index, this.#handlers.hasPro);
    }
    this.#setRunning(session, reply, true);
    try {
      await reply.run(turn.requests[index]);
    } finally {
      this.#setRunning(session, reply, false);
    }
    if (reply.state.phase === DONE && turn.requests[index].key && !session.isDeleted) {
      this.#left.delete(session.id);
      turn.isReplacing = false;
      await this.#complete(session, turn);
    }
  }

  #setRunning(session, reply, running) {
    session.running[running ? 'add' : 'delete'](reply);
    if (session === this.#session) {
      this.#showRunning();
    }
  }

  /** Completes what an answer has stored: the title of a new conversation, and the reasoning of an answer that was repeated. */
  async #complete(session, turn) {
    if (!session.isStored) {
      session.isStored = true;
      session.isListed = true;
      const created = { id: session.id, metadata: { title: titleFor(turn.question) } };
      this.#handlers.onCreated(created, session === this.#session);
      Object.assign(created, await api.setMetadata(session.id, created.metadata).catch(() => {}));
    }
    await session.completeReasoning(turn.replies[0]);
  }

  /** Stops the answers that are shown. */
  stop() {
    this.#session.stop();
  }

  #actions(session, turn, index) {
    const { phase } = turn.replies[index].state;
    const askAgain = async () => {
      if (await this.#drop(turn)) {
        this.#askAgain(session, turn, [index]);
      }
    };
    const buttons = [];
    if (turn.canAskAgain) {
      buttons.push(phase === DONE
        ? iconButton('retry', 'turn.retry', askAgain, { class: 'icon-button is-restart' })
        : textButton('turn.retry', 'retry', askAgain, 'is-restart'));
    }
    if ((phase === FAILED || phase === STOPPED) && turn.isReplacing) {
      buttons.push(textButton('turn.restore', 'undo', () => this.open(session.id).catch(this.#handlers.onError), 'is-restart'));
    }
    if (phase === DONE && session.isComparing) {
      buttons.push(textButton('model.continue', 'chat', () => this.#continueWith(session, turn, index)));
    }
    return buttons;
  }

  /** Goes on with the answers of one of two models. */
  async #continueWith(session, turn, index) {
    if (session.isContinuing) {
      return;
    }
    session.isContinuing = true;
    try {
      const turns = session.turns.slice(0, session.turns.indexOf(turn) + 1);
      const created = await store(turns, index, settings.system.trim(), titleFor(turns[0].question));
      this.#handlers.onCreated(created, false);
      if (session === this.#session) {
        this.#handlers.onChosen(turn.models[index]);
        this.#handlers.onCreated(created, await this.open(created.id));
      }
    } catch (error) {
      this.#handlers.onError(error);
    } finally {
      session.isContinuing = false;
    }
  }
}
