// Dialogs. The browser keeps the focus inside of an open one, and returns it afterwards.

import { h, iconButton } from './dom.mjs';

/**
 * Shows a dialog with a form. Returns the submitted values by the fields' names; null if it was closed.
 *
 * @param closes whether it can be closed without submitting it
 * @param cancels whether it has a button for that besides the one in the corner
 */
export function ask({ title, content, submit, closes = true, cancels = closes, danger = false }) {
  return new Promise((resolve) => {
    const form = h('form', { method: 'dialog' },
      h('div', { class: 'dialog-head' }, h('h2', { text: title }), closes && iconButton('close', 'app.close', () => dialog.close())),
      ...content,
      h('div', { class: 'dialog-actions' },
        cancels && h('button', { type: 'button', class: 'button', text: 'app.cancel', autofocus: danger, on: { click: () => dialog.close() } }),
        h('button', { type: 'submit', class: danger ? 'button is-danger' : 'button is-primary', text: submit })));
    const dialog = h('dialog', { class: 'dialog' }, form);
    let values = null;
    form.addEventListener('submit', (event) => {
      event.preventDefault(); // the page's policy allows no form to be sent
      values = Object.fromEntries(new FormData(form));
      dialog.close();
    });
    dialog.addEventListener('cancel', (event) => {
      if (!closes) {
        event.preventDefault();
      }
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(values);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled field of a dialog. */
export function field(labelKey, control, hint) {
  return h('label', { class: 'field' }, h('span', { class: 'field-label', text: labelKey }), control, hint && h('span', { class: 'field-hint', text: hint }));
}

/** A menu of values; each option is a value and the key of its text, or its text as it is. */
export function select(options, value, properties = {}) {
  const control = h('select', properties, ...options.map(({ value: option, key, name }) =>
    h('option', { value: option, ...(key ? { text: key } : {}) }, ...(key ? [] : [name]))));
  control.value = value;
  return control;
}
