// Builds elements. Texts come from texts.mjs by their keys, so that the language can change at any time.

import { text } from './texts.mjs';

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an element. `properties` are attributes, except: `on` (listeners by event), `class`, `text` and the labels `label`, `title`,
 * `placeholder` (a key, or a list of a key and its parameters), `data` (the dataset).
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (LABELS[name]) {
      label(element, name, value);
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const LABELS = {
  text: (element, value) => { element.textContent = value; },
  label: (element, value) => element.setAttribute('aria-label', value),
  title: (element, value) => { element.setAttribute('title', value); element.setAttribute('aria-label', value); },
  placeholder: (element, value) => element.setAttribute('placeholder', value),
};

/** Sets a text or label of an element, which follows the language. */
export function label(element, name, keyAndParameters) {
  const [key, parameters] = Array.isArray(keyAndParameters) ? keyAndParameters : [keyAndParameters];
  const labels = element.o1Labels ??= {};
  const shown = text(key, parameters);
  if (labels[name]?.shown === shown) {
    return;
  }
  labels[name] = { key, parameters, shown };
  element.setAttribute('data-labelled', '');
  LABELS[name](element, shown);
}

/** Shows a text that is the same in all languages. */
export function showPlain(element, value) {
  if (element.o1Labels) {
    delete element.o1Labels.text;
  }
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Shows a list of texts, each in an element of its own. False values are left out. */
export function showParts(element, parts) {
  const shown = parts.filter(Boolean);
  while (element.children.length > shown.length) {
    element.lastChild.remove();
  }
  shown.forEach((part, index) => label(element.children[index] ?? element.appendChild(h('span')), 'text', part));
}

/** Shows all texts in the current language. */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-labelled]')) {
    for (const [name, { key, parameters }] of Object.entries(element.o1Labels ?? {})) {
      const shown = text(key, parameters);
      element.o1Labels[name] = { key, parameters, shown };
      LABELS[name](element, shown);
    }
  }
}

// 20 x 20, stroked
const ICONS = {
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16V4M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  copy: 'M8 8h8v8H8zM12 8V4H4v8h4',
  check: 'M4 10.5l4 4 8-9',
  retry: 'M15.5 7A6.5 6.5 0 1 0 16.5 10.5M16 3v4.5h-4.5',
  undo: 'M7 4L3.5 7.5L7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8',
  chevron: 'M7 5l5 5-5 5',
  menu: 'M3 6h14M3 10h14M3 14h14',
  panel: 'M3.5 4h13v12h-13zM8 4v12',
  settings: 'M3 6h7m4 0h3M3 14h3m4 0h7M12 4v4M8 12v4',
  trash: 'M4 6h12M8 6V4h4v2m-6 0l.6 10h6.8L14 6',
  edit: 'M4 16v-3l8.5-8.5 3 3L7 16zM11 6l3 3',
  download: 'M10 4v9M6 9.5l4 4 4-4M4 16.5h12',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  image: 'M3.5 4.5h13v11h-13zM3.5 13l4-4 4 4 2-2 3 3M12.5 8h.01',
  columns: 'M3.5 4h5.5v12H3.5zM11 4h5.5v12H11z',
  close: 'M5 5l10 10M15 5L5 15',
  down: 'M10 4v12M5 11l5 5 5-5',
  chat: 'M4 5h12v8.5H9.5L6 16.5v-3H4z',
  alert: 'M10 6.5v4.5M10 14h.01M10 3l7.5 13.5h-15z',
};

/** Creates an icon, which assistive technology ignores. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** Creates a button with an icon and a label that is not shown. */
export function iconButton(name, title, onClick, properties = {}) {
  return h('button', { type: 'button', class: 'icon-button', title, on: { click: onClick }, ...properties }, icon(name));
}

/** Shows another icon in a button. */
export function setIcon(button, name) {
  button.querySelector('path').setAttribute('d', ICONS[name]);
}
