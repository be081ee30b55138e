// The only Trusted Types policy of the page: HTML is sanitized, and scripts are the page's own libraries.

const LIBRARIES = new URL('lib/', import.meta.url).href;

const OPTIONS = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: ['form', 'input', 'button', 'select', 'textarea', 'dialog', 'audio', 'video', 'picture', 'source', 'style', 'meta', 'link', 'base'],
  FORBID_ATTR: ['style', 'id', 'name', 'srcset', 'background', 'action', 'formaction', 'poster', 'tabindex', 'autofocus', 'accesskey', 'contenteditable'],
};

let isSanitizing = false; // DOMPurify parses with this policy, too: into a document that runs nothing

const rules = {
  createHTML(html) {
    if (isSanitizing) {
      return html;
    }
    isSanitizing = true;
    try {
      return DOMPurify.sanitize(html, { ...OPTIONS, TRUSTED_TYPES_POLICY: policy });
    } finally {
      isSanitizing = false;
    }
  },
  createScriptURL(url) {
    if (!url.startsWith(LIBRARIES)) {
      throw new TypeError('not a library of this page');
    }
    return url;
  },
};

// Without Trusted Types (older browsers) the same functions do the same work.
const policy = globalThis.trustedTypes ? trustedTypes.createPolicy('o1-api', rules) : rules;

/** Replaces the content of an element by HTML without everything that could run or load something. */
export function setHtml(element, html) {
  element.innerHTML = policy.createHTML(html);
}

/** Returns the URL of a library for a script element. */
export function libraryUrl(file) {
  return policy.createScriptURL(LIBRARIES + file);
}
