// The dialogs for the settings and for the key.

import { apiKey, setApiKey } from './api.mjs';
import { ask, field, select } from './dialogs.mjs';
import { h, icon, translate } from './dom.mjs';
import { applyTheme, changeSettings, settings } from './settings.mjs';
import { LANGUAGES, setLanguage } from './texts.mjs';

const KEY = /^[\x21-\x7e]+$/; // others cannot be sent in a header

/** Shows the settings, and applies each change at once. */
export async function openSettings() {
  const change = (name, apply) => ({ change: (event) => {
    changeSettings({ [name]: event.target.value });
    apply?.();
  } });
  await ask({
    title: 'settings.title',
    submit: 'app.done',
    cancels: false,
    content: [
      field('settings.language', choice(select([
        { value: 'auto', key: 'settings.languageAuto' },
        ...Object.entries(LANGUAGES).map(([value, name]) => ({ value, name })),
      ], settings.language, { autofocus: true, on: change('language', () => {
        setLanguage(settings.language);
        translate(document);
      }) }))),
      field('settings.theme', choice(select([
        { value: 'auto', key: 'settings.themeAuto' },
        { value: 'light', key: 'settings.themeLight' },
        { value: 'dark', key: 'settings.themeDark' },
      ], settings.theme, { on: change('theme', applyTheme) }))),
      field('settings.reasoning', choice(select([
        { value: 'open', key: 'settings.reasoningOpen' },
        { value: 'folded', key: 'settings.reasoningFolded' },
      ], settings.reasoning, { on: change('reasoning') }))),
      field('settings.system', textarea(settings.system, { on: change('system') }), 'settings.systemHint'),
      apiKey() && h('button', { type: 'button', class: 'button is-start', text: 'key.forget', on: { click: () => {
        setApiKey(null);
        location.reload();
      } } }),
    ].filter(Boolean),
  });
}

function choice(control) {
  return h('span', { class: 'choice is-field' }, control, icon('chevron'));
}

function textarea(value, properties) {
  const control = h('textarea', { class: 'input', rows: '4', dir: 'auto', ...properties });
  control.value = value;
  return control;
}

/** Asks for the key until the gateway accepts it. */
export async function askForKey(isValid, wasRejected) {
  let problem = wasRejected;
  for (;;) {
    const values = await ask({
      title: 'key.title',
      submit: 'key.submit',
      closes: false,
      content: [
        h('p', { text: 'key.explanation' }),
        field('key.label', h('input', {
          class: 'input', name: 'key', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false', autofocus: true,
          ...(problem ? { 'aria-invalid': 'true', 'aria-describedby': 'key-problem' } : {}),
        })),
        problem && h('p', { class: 'problem', id: 'key-problem', role: 'alert', text: 'key.wrong' }),
      ].filter(Boolean),
    });
    if (values) {
      const key = values.key.trim();
      setApiKey(KEY.test(key) ? key : null);
      if (apiKey() !== null && (await isValid())) {
        return;
      }
      problem = true;
    }
  }
}
