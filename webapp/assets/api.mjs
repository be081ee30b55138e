// The requests of the page to the gateway. All URLs are relative to the page's.

import { readEvents } from './events.mjs';
import { text } from './texts.mjs';

const KEY = `o1-api.key:${new URL('.', document.baseURI).pathname}`; // gateways of one origin have keys of their own
const PAGE_OF_ITEMS = 100;
const PAGE_OF_CONVERSATIONS = 40;
const BUSY_MILLIS = 1000;

/** An error of the gateway. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? text('error.unknown', { status }));
    this.status = status;
    this.code = error?.code ?? null;
    this.isFromProxy = !error && status >= 500; // the gateway describes its errors
  }
}

/** The key of this tab; null if none was entered. */
export function apiKey() {
  return sessionStorage.getItem(KEY);
}

/** Keeps the key until the tab is closed; null forgets it. */
export function setApiKey(key) {
  if (key === null) {
    sessionStorage.removeItem(KEY);
  } else {
    sessionStorage.setItem(KEY, key);
  }
}

let keyRejected = () => {};

/** Sets what happens when a request is rejected because of its key. */
export function whenKeyIsRejected(action) {
  keyRejected = action;
}

async function request(method, path, { body, signal, headers } = {}) {
  const key = apiKey();
  const response = await fetch(new URL(path, document.baseURI), {
    method,
    signal,
    credentials: 'same-origin',
    referrerPolicy: 'no-referrer',
    headers: {
      ...(key ? { Authorization: `Bearer ${key}` } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  if (response.status === 401 && key === apiKey()) { // not if it was replaced meanwhile
    keyRejected();
  }
  if (!response.ok) {
    throw new ApiError(response.status, await response.json().then((json) => json.error, () => null));
  }
  return response;
}

async function json(method, path, options) {
  return (await request(method, path, options)).json();
}

/** The models that the key may use. */
export async function models() {
  return (await json('GET', 'v1/models')).data;
}

/** A page of conversations, the newest first: `data`, `has_more`, `last_id`. */
export function conversations(after) {
  return json('GET', `v1/conversations?limit=${PAGE_OF_CONVERSATIONS}${after ? `&after=${encodeURIComponent(after)}` : ''}`);
}

const conversationPath = (id) => `v1/conversations/${encodeURIComponent(id)}`;

export function conversation(id) {
  return json('GET', conversationPath(id));
}

export function createConversation(metadata) {
  return json('POST', 'v1/conversations', { body: { metadata } });
}

/** Adds items to a conversation, as one turn. */
export function addItems(id, items) {
  return json('POST', `${conversationPath(id)}/items`, { body: { items } });
}

export function setMetadata(id, metadata) {
  return json('POST', conversationPath(id), { body: { metadata } });
}

export function deleteConversation(id) {
  return json('DELETE', conversationPath(id));
}

/** All items of a conversation, the oldest first. */
export async function items(id) {
  const all = [];
  for (let after = null; ;) {
    const page = await json('GET', `${conversationPath(id)}/items?order=asc&limit=${PAGE_OF_ITEMS}${after ? `&after=${after}` : ''}`);
    all.push(...page.data);
    if (!page.has_more) {
      return all;
    }
    after = page.last_id;
  }
}

/**
 * Asks for an answer. Yields the chunks of the stream, and at its proper end `null`.
 *
 * @param request `body`, and `key`: requests with the same key get the same answer
 * @throws ApiError the request was rejected, or the answer has failed
 */
export async function* answer(request, signal) {
  const response = await startAnswer(request, signal);
  for await (const { event, data } of readEvents(response.body)) {
    if (data === '[DONE]') {
      yield null;
      return;
    }
    const chunk = JSON.parse(data);
    if (event === 'error') {
      throw new ApiError(response.status, chunk.error);
    }
    yield chunk;
  }
}

/** Starts the stream. If the gateway has not noticed yet that an earlier connection was lost, waits until it has. */
async function startAnswer({ body, key }, signal) {
  for (;;) {
    try {
      return await request('POST', 'v1/chat/completions', {
        signal,
        headers: key ? { 'Idempotency-Key': key } : {},
        body: { ...body, stream: true, stream_options: { include_usage: true, include_trace: true }, reasoning_format: 'reasoning_content' },
      });
    } catch (error) {
      if (error.code !== 'idempotency_key_in_use') {
        throw error;
      }
      await pause(BUSY_MILLIS, signal);
    }
  }
}

/** Waits, at most until the signal. */
function pause(millis, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, millis);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
