// A comparison of two models is not stored: its messages are sent with each question, and can become a conversation.

import * as api from './api.mjs';
import { DONE } from './turn-state.mjs';
import { systemMessages, userMessage } from './turn-view.mjs';

/** The messages of each turn that one of the models has answered. */
function answeredTurns(turns, index) {
  return turns.map((turn) => ({ turn, state: turn.replies[index].state }))
    .filter(({ state }) => state.phase === DONE && state.answer)
    .map(({ turn, state }) => [userMessage(turn.question), { role: 'assistant', content: state.answer }]);
}

/** The messages for a further question to one of the models. */
export function messagesOf(turns, index, system, question) {
  return [...systemMessages(system), ...answeredTurns(turns, index).flat(), userMessage(question)];
}

/** Stores the answers of one of the models as a conversation, each with its question as a turn. */
export async function store(turns, index, system, title) {
  const conversation = await api.createConversation({ title });
  let first = systemMessages(system);
  try {
    for (const messages of answeredTurns(turns, index)) {
      await api.addItems(conversation.id, [...first, ...messages].map(toItem));
      first = [];
    }
  } catch (error) {
    await api.deleteConversation(conversation.id).catch(() => {}); // a part of it would be misleading
    throw error;
  }
  return conversation;
}

function toItem({ role, content }) {
  return { type: 'message', role, content: Array.isArray(content) ? content.map(toPart) : content };
}

function toPart(part) {
  return part.type === 'text' ? { type: 'input_text', text: part.text } : { type: 'input_image', image_url: part.image_url.url };
}
