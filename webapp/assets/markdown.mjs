// Markdown of a model to elements. HTML in it is text; images of other servers become links.

import { h, icon, label, setIcon } from './dom.mjs';
import { loadHighlight, loadKatex } from './libraries.mjs';
import { BLOCK_CLASS, INLINE_CLASS, mathRules } from './math-rules.mjs';
import { text } from './texts.mjs';
import { setHtml } from './trusted.mjs';

const OWN_IMAGE = /^data:image\/(png|jpeg|gif|webp);/i;
const MAX_HIGHLIGHTED = 50_000; // characters

const markdown = globalThis.markdownit({ html: false, linkify: true, breaks: false }).use(mathRules);
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });

markdown.renderer.rules.image = (tokens, index) => {
  const source = tokens[index].attrGet('src') ?? '';
  const alternative = tokens[index].content;
  const escape = markdown.utils.escapeHtml;
  if (OWN_IMAGE.test(source)) {
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
 * Returns where the last block of Markdown begins: it may change when more text arrives, those before it may not. `environment` has the
 * links that the text has defined so far.
 */
function lastBlock(source, environment) {
  const tokens = markdown.parse(source, environment);
  const starts = tokens.filter((token) => token.level === 0 && token.map && token.nesting >= 0).map((token) => token.map[0]);
  const lastStart = starts.at(-1) ?? 0;
  let position = 0;
  for (let line = 0; line < lastStart; line++) {
    position = source.indexOf('\n', position) + 1;
  }
  return position;
}

/** Shows Markdown that grows: blocks that are complete are rendered once, and not touched again. */
export class MarkdownView {
  element = h('div', { class: 'markdown', dir: 'auto' });
  #frozen = 0; // characters
  #source = '';
  #isComplete = false;
  #tail = [];
  #environment = {};

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
    let rest = source.slice(this.#frozen);
    const complete = isComplete ? rest.length : lastBlock(rest, this.#environment);
    this.#tail.forEach((node) => node.remove());
    this.#tail = [];
    if (complete > 0) {
      finish(this.#append(rest.slice(0, complete)));
      this.#frozen += complete;
      rest = rest.slice(complete);
    }
    if (rest.trim()) {
      this.#tail = this.#append(rest);
    }
  }

  #clear() {
    this.element.replaceChildren();
    this.#frozen = 0;
    this.#tail = [];
    this.#environment = {};
  }

  #append(source) {
    const template = document.createElement('template');
    setHtml(template, markdown.render(source, this.#environment));
    const nodes = [...template.content.childNodes];
    this.element.append(template.content);
    secureLinks(nodes);
    return nodes;
  }
}

function elements(nodes, selector) {
  return nodes.filter((node) => node.nodeType === Node.ELEMENT_NODE)
    .flatMap((node) => [...(node.matches(selector) ? [node] : []), ...node.querySelectorAll(selector)]);
}

function secureLinks(nodes) {
  for (const link of elements(nodes, 'a[href]')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
}

/** Adds what a block gets only once: formulas, colours of code, buttons, a box around tables. */
function finish(nodes) {
  elements(nodes, 'table').forEach((table) => {
    const box = h('div', { class: 'table-box', tabindex: '0' });
    table.replaceWith(box);
    box.append(table);
  });
  elements(nodes, 'pre > code').forEach(finishCode);
  const formulas = elements(nodes, `.${INLINE_CLASS}, .${BLOCK_CLASS}`);
  if (formulas.length > 0) {
    loadKatex().then((katex) => formulas.forEach((formula) => whenIdle(() => setFormula(katex, formula))), () => {});
  }
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
    waiting[count++]();
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
    await copy(source());
    setIcon(button, 'check');
    label(button, 'title', 'turn.copied');
    setTimeout(() => {
      setIcon(button, 'copy');
      label(button, 'title', title);
    }, 1600);
  });
  return button;
}
