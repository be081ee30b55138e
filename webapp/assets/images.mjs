// Images of questions and answers: only those that came with the text are loaded.

import { h } from './dom.mjs';

const OWN_IMAGE = /^data:image\/(png|jpeg|gif|webp);/i;
const MAX_NAME = 60; // characters of a URL

/** Whether a URL contains the image itself. */
export function isOwnImage(url) {
  return OWN_IMAGE.test(url);
}

/** Shows an image. One of another server is a link: loading it would tell that server that it was seen. */
export function imageView(url) {
  if (isOwnImage(url)) {
    return h('img', { src: url, alt: '' });
  }
  const name = url.length > MAX_NAME ? `${url.slice(0, MAX_NAME)}…` : url;
  return h('a', {
    class: 'external-image', href: /^https?:/i.test(url) ? url : null, target: '_blank', rel: 'noopener noreferrer', text: ['turn.externalImage', { name }],
  });
}
