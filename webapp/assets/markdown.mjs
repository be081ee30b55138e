// Markdown of a model to elements. HTML in it is text; images of other servers become links.

import { announce } from './announcer.mjs';
import { h, icon, label, setIcon } from './dom.mjs';
import { isOwnImage } from './images.mjs';
import { loadHighlight, loadKatex } from './libraries.mjs';
import { BLOCK_CLASS, INLINE_CLASS, mathRules } from './math-rules.mjs';
import { text } from './texts.mjs';
import { setHtml } from './trusted.mjs';

const MAX_HIGHLIGHTED = 50_000; // characters
const MAX_FORMULA = 10_000; // characters
const MAX_INLINE = 10_000; // characters of a paragraph: its marks take quadratic time

const markdown = globalThis.markdownit({ html: false, linkify: true, breaks: false }).use(mathRules);
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

// A paragraph that is longer than any real one is text.
const parseInline = markdown.inline.parse;
markdown.inline.parse = function parse(source, parser, environment, tokens) {
  if (source.length <= MAX_INLINE) {
    parseInline.call(this, source, parser, environment, tokens);
  } else {
    const token = new markdown.core.State.prototype.Token('text_special', '', 0);
    token.content = source;
    tokens.push(token);
  }
};

markdown.renderer.rules.image = (tokens, index) => {
  const source = tokens[index].attrGet('src') ?? '';
  const alternative = tokens[index].content;
  const escape = markdown.utils.escapeHtml;
  if (isOwnImage(source)) {
    return `<img src="${escape(source)}" alt="${escape(alternative)}">`;
  }
  return `<a class="external-image" href="${escape(source)}">${escape(text('turn.externalImage', { name: alternative || source }))}</a>`;
};

// markdown-it writes the alignment of a cell as a style, which the page's policy forbids.
for (const rule of ['th_open', 'td_open']) {
  markdown.renderer.rules[rule] = (tokens, index, options, environment, renderer) => {
    const alignment = /text-align:(\w+)/.exec(tokens[index].attrGet('style') ?? '')?.[1];
    tokens[index].attrs = alignment ? [['class', `align-${alignment}`]] : null;
    return renderer.renderToken(tokens, index, options);
  };
}

/**
 * Returns where the last block of Markdown begins: it may change when more text arrives, those before it may not. The last line is not judged
 * before it is complete: "2" is text, but "2." continues a list.
 */
function lastBlock(text, references) {
  const source = text.slice(0, text.lastIndexOf('\n') + 1);
  const tokens = markdown.parse(source, { references, isGrowing: true });
  const starts = tokens.filter((token) => token.level === 0 && token.map && token.nesting >= 0).map((token) => token.map[0]);
  const lastStart = starts.at(-1) ?? 0;
  let position = 0;
  for (let line = 0; line < lastStart; line++) {
    position = source.indexOf('\n', position) + 1;
  }
  return position;
}

/**
 * Shows Markdown that grows: blocks that are complete are rendered once. Only those with a bracket are rendered again at the end, if the
 * text defines links, which may be after their use.
 */
export class MarkdownView {
  element = h('div', { class: 'markdown' });
  #frozen = 0; // characters
  #source = '';
  #isComplete = false;
  #tail = [];
  #references = {}; // the links that complete blocks have defined
  #bracketed = []; // complete blocks that may refer to links: {source, nodes}

  /** Shows a text. If it begins with the one before, only its new part is rendered. */
  update(source, isComplete = false) {
    if (source === this.#source && isComplete === this.#isComplete) {
      return;
    }
    if (!source.startsWith(this.#source)) {
      this.#clear();
    }
    this.#source = source;
    this.#isComplete = isComplete;
    const rest = source.slice(this.#frozen);
    // The definition of a link in the last block may be incomplete.
    const complete = isComplete ? rest.length : lastBlock(rest, Object.create(this.#references));
    this.#tail.forEach((node) => node.remove());
    this.#tail = [];
    if (complete > 0) {
      this.#freeze(rest.slice(0, complete));
    }
    if (isComplete) {
      this.#resolveLinks();
    } else if (rest.slice(complete).trim()) {
      const content = render(rest.slice(complete), Object.create(this.#references), true);
      this.#tail = [...content.childNodes];
      this.element.append(content);
    }
  }

  #clear() {
    this.element.replaceChildren();
    this.#frozen = 0;
    this.#tail = [];
    this.#references = {};
    this.#bracketed = [];
  }

  #freeze(source) {
    this.#frozen += source.length;
    const content = finish(render(source, this.#references));
    if (source.includes(']')) {
      this.#bracketed.push({ source, nodes: [...content.childNodes] });
    }
    this.element.append(content);
  }

  #resolveLinks() {
    for (const { source, nodes } of Object.keys(this.#references).length > 0 ? this.#bracketed : []) {
      nodes[0]?.before(finish(render(source, this.#references)));
      nodes.forEach((node) => node.remove());
    }
    this.#bracketed = [];
  }
}

/** Renders Markdown, and adds the links that it defines to those that are known. */
function render(source, references, isGrowing = false) {
  const template = document.createElement('template');
  setHtml(template, markdown.render(source, { references, isGrowing }));
  for (const block of template.content.children) {
    block.dir = 'auto'; // each has the direction of its own text
  }
  for (const link of template.content.querySelectorAll('a[href]')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
  return template.content;
}

/** Adds what a block gets only once: formulas, colours of code, buttons, a box around tables. */
function finish(content) {
  content.querySelectorAll('table').forEach((table) => {
    const box = h('div', { class: 'table-box', tabindex: '0', dir: 'auto' });
    table.replaceWith(box);
    box.append(table);
  });
  content.querySelectorAll('pre > code').forEach(finishCode);
  const formulas = [...content.querySelectorAll(`.${INLINE_CLASS}, .${BLOCK_CLASS}`)];
  if (formulas.length > 0) {
    loadKatex().then((katex) => formulas.forEach((formula) => whenIdle(() => setFormula(katex, formula))), () => {});
  }
  return content;
}

const waiting = [];
const SLICE_MILLIS = 8;

/** Runs an action soon, without keeping the page from reacting: an answer may have thousands of formulas. */
function whenIdle(action) {
  if (waiting.push(action) === 1) {
    setTimeout(runWaiting);
  }
}

function runWaiting() {
  const end = performance.now() + SLICE_MILLIS;
  let count = 0;
  while (count < waiting.length && performance.now() < end) {
    try {
      waiting[count++]();
    } catch (error) {
      reportError(error); // the others still run
    }
  }
  waiting.splice(0, count);
  if (waiting.length > 0) {
    setTimeout(runWaiting);
  }
}

function setFormula(katex, element) {
  const source = element.textContent;
  const box = document.createElement('span');
  try {
    if (source.length > MAX_FORMULA) {
      throw new RangeError('too long');
    }
    katex.render(source, box, { displayMode: element.classList.contains(BLOCK_CLASS), trust: false, throwOnError: true, maxExpand: 200, maxSize: 20 });
    element.replaceChildren(box);
    element.setAttribute('dir', 'ltr');
  } catch {
    element.classList.add('formula-source'); // it stays as it was written
  }
}

function finishCode(code) {
  const pre = code.parentElement;
  const language = /language-(\S+)/.exec(code.className)?.[1] ?? '';
  const source = code.textContent;
  const box = h('div', { class: 'code-box', dir: 'ltr' },
    h('div', { class: 'code-head' }, h('span', {}, language), copyButton(() => source, 'code.copy')));
  pre.replaceWith(box);
  pre.removeAttribute('dir');
  pre.setAttribute('tabindex', '0');
  box.append(pre);
  if (language && source.length <= MAX_HIGHLIGHTED) {
    loadHighlight().then((highlight) => {
      if (highlight.getLanguage(language)) {
        whenIdle(() => setHtml(code, highlight.highlight(source, { language, ignoreIllegals: true }).value));
      }
    }, () => {});
  }
}

async function copy(value) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(value);
    return;
  }
  // A page that was loaded by http from another machine has no clipboard.
  const area = h('textarea', { class: 'visually-hidden' });
  area.value = value;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** A button that copies a text, and says so for a moment. */
export function copyButton(source, title = 'turn.copy') {
  const button = h('button', { type: 'button', class: 'icon-button', title }, icon('copy'));
  button.addEventListener('click', async () => {
    try {
      await copy(source());
    } catch {
      return; // the browser does not allow it: the button does not say that it was copied
    }
    announce('turn.copied');
    setIcon(button, 'check');
    label(button, 'title', 'turn.copied');
    setTimeout(() => {
      setIcon(button, 'copy');
      label(button, 'title', title);
    }, 1600);
  });
  return button;
}
