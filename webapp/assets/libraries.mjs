// Loads the large libraries when they are needed: formulas and the colours of code.

import { libraryUrl } from './trusted.mjs';

const loading = new Map();

/** Returns KaTeX. */
export function loadKatex() {
  return once('katex', async () => {
    await Promise.all([loadStyle('katex.min.css'), loadScript('katex.min.js')]);
    return globalThis.katex;
  });
}

/** Returns highlight.js. */
export function loadHighlight() {
  return once('highlight', async () => {
    await loadScript('highlight.min.js');
    return globalThis.hljs;
  });
}

function once(name, load) {
  if (!loading.has(name)) {
    loading.set(name, load().catch((error) => {
      loading.delete(name); // the next use tries again
      throw error;
    }));
  }
  return loading.get(name);
}

function loadScript(file) {
  const script = document.createElement('script');
  script.src = libraryUrl(file);
  return loaded(script, file);
}

function loadStyle(file) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`lib/${file}`, import.meta.url).href;
  return loaded(link, file);
}

/** Adds an element to the page, and waits until it has loaded. The page lists the hash of each file. */
function loaded(element, file) {
  element.integrity = document.querySelector(`meta[name=library][data-file="lib/${file}"]`).content;
  return new Promise((resolve, reject) => {
    element.addEventListener('load', resolve);
    element.addEventListener('error', () => reject(new Error(`${file} could not be loaded`)));
    document.head.append(element);
  });
}
