// Server-sent events: pieces of text in, events out.

/** Reads a stream of events. Each has `event` (its type, or an empty string) and `data`. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield* parser.add(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Splits text into events, wherever its pieces begin and end. */
export class EventParser {
  #rest = '';
  #event = '';
  #data = [];

  /** Returns the events that a piece of text completes. */
  add(piece) {
    const lines = (this.#rest + piece).split(/\r\n|\n|\r(?=.)/s);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter((event) => event !== null);
  }

  #line(line) {
    if (line === '') {
      const event = this.#data.length > 0 ? { event: this.#event, data: this.#data.join('\n') } : null;
      this.#event = '';
      this.#data = [];
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') {
      this.#data.push(value);
    } else if (field === 'event') {
      this.#event = value;
    }
    return null;
  }
}
