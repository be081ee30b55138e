// A conversation or a comparison, with what is known about it in this page: its turns, and the answers that run.

import * as api from './api.mjs';
import { messagesOf } from './comparison.mjs';
import { turnsOf } from './history.mjs';
import { settings } from './settings.mjs';
import { systemMessages, userMessage } from './turn-view.mjs';

export class Session {
  id;
  isComparing;
  isStored; // as a conversation; a new one is stored with its first answer
  isListed; // among the conversations; a new one also if the reader leaves it while its first answer runs
  isDeleted = false;
  isContinuing = false; // whether one side of the comparison is being stored
  turns = [];
  running = new Set(); // the replies

  /** @param id of a stored conversation; null: a new one */
  constructor(id = null, isComparing = false) {
    this.id = id ?? `chat-${randomName()}`;
    this.isStored = id !== null;
    this.isListed = id !== null;
    this.isComparing = isComparing;
  }

  get isRunning() {
    return this.running.size > 0;
  }

  /** Stops all answers that run. */
  stop() {
    this.running.forEach((reply) => reply.stop());
  }

  /** Removes what came after a turn, which is to be asked again. */
  dropAfter(turn) {
    const later = this.turns.splice(this.turns.indexOf(turn) + 1);
    later.forEach(({ element }) => element.remove());
    turn.isReplacing ||= !this.isComparing && [turn, ...later].some(({ id }) => id !== null);
  }

  /** Adds the reasoning to an answer that was repeated without it. */
  async completeReasoning(reply) {
    const { state } = reply;
    if (state.steps.size === 0 && (state.summary?.steps > 0 || state.summary?.samples)) {
      const found = turnsOf(await api.items(this.id).catch(() => [])).find(({ id }) => id === state.turn);
      if (found && reply.state === state) {
        reply.show({ ...state, steps: found.state.steps });
      }
    }
  }

  /** The request for an answer, `{body, key}`. The same key is answered once. What was not answered before is not part of it. */
  request(turn, index, hasPro) {
    const model = this.isComparing ? turn.models[index] : settings.model;
    const system = settings.system.trim();
    const earlier = this.turns.slice(0, this.turns.indexOf(turn));
    const body = {
      model,
      ...(settings.effort ? { reasoning_effort: settings.effort } : {}),
      ...(settings.pro && hasPro(model) ? { reasoning: { mode: 'pro' } } : {}),
    };
    if (this.isComparing) {
      return { body: { ...body, messages: messagesOf(earlier, index, system, turn.question) } };
    }
    const parent = earlier.findLast(({ id }) => id !== null)?.id ?? null;
    if (parent === null) { // the system prompt is part of a conversation's beginning
      turn.question = { ...turn.question, system };
    }
    const messages = [...systemMessages(parent === null ? system : ''), userMessage(turn.question)];
    return { body: { ...body, conversation_id: this.id, x_o1: { parent }, messages }, key: randomName() };
  }
}

function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
