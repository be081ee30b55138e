// What an empty chat shows.

import { h } from './dom.mjs';

/** Creates it. `onExample` is called with the text of the example that was chosen. */
export function welcome(onExample) {
  return h('div', { class: 'welcome' },
    h('h1', { text: 'welcome.title' }), h('p', { text: 'welcome.text' }),
    h('ul', { class: 'examples' }, ['welcome.example1', 'welcome.example2', 'welcome.example3'].map((key) =>
      h('li', {}, h('button', { type: 'button', class: 'example', text: key, on: { click: (event) => onExample(event.currentTarget.textContent) } })))));
}
