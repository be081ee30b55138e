// What the reader has chosen. It stays in this browser.

const NAME = 'o1-api.settings';

const DEFAULTS = {
  language: 'auto',
  theme: 'auto', // auto, light, dark
  reasoning: 'open', // open while it runs, folded
  system: '',
  model: '',
  secondModel: '',
  effort: '',
  pro: false,
  sidebar: true,
};

function read() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? {};
  } catch {
    return {};
  }
}

/** The current values. */
export const settings = { ...DEFAULTS, ...read() };

/** Changes some values, and keeps them. */
export function changeSettings(changes) {
  Object.assign(settings, changes);
  try {
    localStorage.setItem(NAME, JSON.stringify(settings));
  } catch {
    // no storage: the values are valid for this visit
  }
}

/** Shows the page in the chosen colours. */
export function applyTheme() {
  document.documentElement.dataset.theme = settings.theme;
}
