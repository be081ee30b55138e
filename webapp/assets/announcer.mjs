// Tells readers of screens what has happened, in few words.

import { h } from './dom.mjs';

const region = h('p', { class: 'visually-hidden', role: 'status' });

/** Adds the region to the page. */
export function addAnnouncer() {
  document.body.append(region);
}

/** Announces a text. */
export function announce(key, parameters) {
  region.replaceChildren();
  region.append(h('span', { text: [key, parameters] }));
}
