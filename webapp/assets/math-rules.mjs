// Formulas in Markdown: $...$, $$...$$, \(...\) and \[...\]. A plugin of markdown-it; the formulas are set later, see markdown.mjs.

/** The classes of the elements that contain the source of a formula. */
export const INLINE_CLASS = 'formula';
export const BLOCK_CLASS = 'formula-block';

/** Adds the rules for formulas. */
export function mathRules(markdown) {
  markdown.inline.ruler.before('escape', 'formula', inline);
  markdown.block.ruler.before('fence', 'formula-block', block, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
  const source = (tokens, index) => markdown.utils.escapeHtml(tokens[index].content);
  markdown.renderer.rules.formula = (tokens, index) =>
    `<span class="${tokens[index].block ? BLOCK_CLASS : INLINE_CLASS}">${source(tokens, index)}</span>`;
  markdown.renderer.rules.formula_block = (tokens, index) => `<div class="${BLOCK_CLASS}">${source(tokens, index)}</div>\n`;
}

const MAX_LINES = 100; // of a formula

const DELIMITERS = [
  { open: '$$', close: '$$', display: true },
  { open: '\\[', close: '\\]', display: true },
  { open: '\\(', close: '\\)', display: false },
  { open: '$', close: '$', display: false, strict: true },
];

function inline(state, silent) {
  const delimiter = DELIMITERS.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!delimiter) {
    return false;
  }
  const start = state.pos + delimiter.open.length;
  const end = findEnd(state.src, start, state.posMax, delimiter);
  if (end < 0) {
    return false;
  }
  if (!silent) {
    const token = state.push('formula', 'span', 0);
    token.content = state.src.slice(start, end).trim();
    token.block = delimiter.display;
  }
  state.pos = end + delimiter.close.length;
  return true;
}

function findEnd(source, start, limit, { close, strict }) {
  let end = source.indexOf(close, start);
  while (end >= 0 && isEscaped(source, end)) {
    end = source.indexOf(close, end + 1);
  }
  if (end <= start || end + close.length > limit) {
    return -1;
  }
  // "$5 and $10" is two prices.
  const isFormula = !strict || (/\S/.test(source[start]) && /\S/.test(source[end - 1]) && !/\d/.test(source[end + 1] ?? ''));
  return isFormula ? end : -1;
}

function isEscaped(source, position) {
  let count = 0;
  while (source[position - 1 - count] === '\\') {
    count++;
  }
  return count % 2 === 1;
}

/** A formula that begins a line; it ends with the line that contains the closing delimiter. */
function block(state, startLine, endLine, silent) {
  const line = (number) => state.src.slice(state.bMarks[number] + state.tShift[number], state.eMarks[number]);
  if (state.sCount[startLine] - state.blkIndent >= 4) {
    return false;
  }
  const first = line(startLine);
  const delimiter = DELIMITERS.find(({ open, display }) => display && first.startsWith(open));
  if (!delimiter) {
    return false;
  }
  const content = [first.slice(delimiter.open.length)];
  let number = startLine;
  while (!content.at(-1).trimEnd().endsWith(delimiter.close)) {
    number++;
    // Its end may still arrive: until then no line of it is a list or a quote.
    if (state.env.isGrowing && number >= endLine && number === state.lineMax && !content.at(-1).includes(delimiter.close)) {
      return silent || push(state, startLine, number, content.join('\n'));
    }
    // Text after the formula makes it part of a paragraph, and so does an end that has not arrived.
    if (content.at(-1).includes(delimiter.close) || number >= endLine || number - startLine >= MAX_LINES || state.isEmpty(number)) {
      return false;
    }
    content.push(line(number));
  }
  const source = content.join('\n').trimEnd().slice(0, -delimiter.close.length).trim();
  if (source.includes(delimiter.close)) {
    return false;
  }
  return silent || push(state, startLine, number + 1, source);
}

function push(state, startLine, endLine, source) {
  const token = state.push('formula_block', 'div', 0);
  token.block = true;
  token.content = source;
  token.map = [startLine, endLine];
  state.line = endLine;
  return true;
}
