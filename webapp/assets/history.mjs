// Stored conversations: their items to turns, and their files.

import { text } from './texts.mjs';
import { DONE, newTurnState } from './turn-state.mjs';

/** The digits of a turn's id in the ids of its items. */
const TURN = /_([0-9a-f]{32})_/;

/**
 * Groups the items of a conversation by question: `{id, question, state}`, `question` as `{text, images, system, hasOther}` (whether it has
 * parts that this page cannot send) and `state` as if the answer had just been given. Items that a client has added at once belong to one turn, whatever their number.
 */
export function turnsOf(items) {
  const turns = [];
  for (const item of items) {
    const id = `turn_${TURN.exec(item.id)?.[1] ?? ''}`;
    const last = turns.at(-1);
    const isQuestion = item.type === 'message' && item.role === 'user';
    if (!last || last.id !== id || (isQuestion && isAnswered(last.state))) {
      turns.push({ id, question: { text: '', images: [], system: '', hasOther: false }, state: { ...newTurnState(), phase: DONE, turn: id } });
    }
    addItem(turns.at(-1), item);
  }
  return turns.filter(({ question, state }) => question.text || question.images.length > 0 || isAnswered(state));
}

function isAnswered({ answer, refusal, images, toolCalls }) {
  return answer !== '' || refusal !== '' || images.length > 0 || toolCalls.length > 0;
}

function addItem(turn, item) {
  if (item.type === 'reasoning') {
    item.summary.forEach((summary, index) => turn.state.steps.set(index + 1, earlierStep(index + 1, summary.text)));
  } else if (item.type === 'message' && item.role === 'user') {
    turn.question.text = joined(turn.question.text, textOf(item, 'input_text'));
    turn.question.hasOther ||= item.content.some(({ type }) => type !== 'input_text' && type !== 'input_image');
    turn.question.images.push(...item.content.filter((part) => part.type === 'input_image').map((part) => part.image_url));
  } else if (item.type === 'message' && (item.role === 'system' || item.role === 'developer')) {
    turn.question.system = joined(turn.question.system, textOf(item, 'input_text'));
  } else if (item.type === 'message' && item.role === 'assistant') {
    turn.state.answer += textOf(item, 'output_text');
    turn.state.refusal += item.content.filter((part) => part.type === 'refusal').map((part) => part.refusal).join('');
    turn.state.finishReason = item.status === 'incomplete' ? 'length' : 'stop';
  } else if (item.type === 'image_generation_call') {
    turn.state.images.push({ image_url: { url: `data:image/${item.output_format ?? 'png'};base64,${item.result}` } });
  } else if (item.type === 'function_call') {
    turn.state.toolCalls.push(item.name);
  }
}

function joined(...texts) {
  return texts.filter(Boolean).join('\n\n');
}

function textOf(item, type) {
  return item.content.filter((part) => part.type === type).map((part) => part.text).join('\n');
}

/** A step of a stored turn: its title is the first line of its summary. */
function earlierStep(number, summary) {
  const title = /^\*\*(.*?)\*\*(?:\n+|$)/.exec(summary);
  return {
    number,
    kind: 'step',
    label: null,
    title: title?.[1] ?? null,
    text: title ? summary.slice(title[0].length) : summary,
    state: 'completed',
    startedAt: null,
    endedAt: null,
    seconds: null,
    tokens: null,
    conclusion: null,
    savedTokens: null,
    attempt: 1,
  };
}

/** A conversation as Markdown, with the reasoning in front of each answer. */
export function toMarkdown(title, items) {
  const parts = [`# ${title}`];
  for (const { question, state } of turnsOf(items)) {
    if (question.system) {
      parts.push(`## ${text('settings.system')}`, question.system);
    }
    parts.push(`## ${text('export.user')}`, question.text, ...question.images.map((url) => `![](${url})`));
    if (state.steps.size > 0) {
      parts.push(`## ${text('export.reasoning')}`);
      for (const step of state.steps.values()) {
        parts.push(`### ${step.number}. ${step.title ?? ''}`.trim(), step.text);
      }
    }
    parts.push(`## ${text('export.assistant')}`, state.answer || state.refusal, ...state.images.map((image) => `![](${image.image_url.url})`));
  }
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** A conversation as the API lists it. */
export function toJson(conversation, items) {
  return `${JSON.stringify({ ...conversation, items }, null, 2)}\n`;
}

/** Offers a text as a file. */
export function saveFile(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_').slice(0, 80);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
