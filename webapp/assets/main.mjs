// Starts the page, and connects its parts.

import * as api from './api.mjs';
import { addAnnouncer } from './announcer.mjs';
import { Chat } from './chat.mjs';
import { Composer } from './composer.mjs';
import { h, iconButton, label, showPlain } from './dom.mjs';
import { askForKey, openSettings } from './settings-dialog.mjs';
import { applyTheme, changeSettings, settings } from './settings.mjs';
import { Sidebar, linkTo, titleOf } from './sidebar.mjs';
import { setLanguage } from './texts.mjs';

const NARROW = matchMedia('(max-width: 800px)');

setLanguage(settings.language);
applyTheme();

let models = [];

const chat = new Chat({
  onCreated(conversation, isShown) {
    sidebar.add(conversation);
    if (!isShown) {
      return;
    }
    sidebar.setCurrent(conversation.id);
    history.replaceState(null, '', linkTo(conversation.id));
    showTitle();
  },
  onRunning: (running) => composer.setRunning(running),
  onComparing: (comparing) => composer.setComparing(comparing),
  onOpening: (opening) => composer.setBlocked(opening),
  onError: showError,
  onExample: (example) => composer.write(example),
  onChosen(model) {
    changeSettings({ model });
    showModels();
  },
  hasPro: (id) => models.find((model) => model.id === id)?.reasoning_modes?.includes('pro') ?? false,
});

const composer = new Composer({
  onSend: (question) => chat.send(question),
  onStop: () => chat.stop(),
  onCompare: () => showEmpty(!chat.isComparing),
});

const sidebar = new Sidebar({
  onNew() {
    showEmpty();
    closeDrawer();
    composer.focus();
  },
  onHide: () => setSidebar(false),
  onSettings: openSettings,
  onRenamed: () => showTitle(),
  onDeleted(id) {
    if (chat.forget(id)) {
      showEmpty();
    }
  },
});

const title = h('h1', { class: 'top-title', dir: 'auto', hidden: true });
const opener = iconButton('panel', 'app.openSidebar', () => setSidebar(true), { 'aria-controls': 'sidebar', 'aria-expanded': 'false' });
const newChat = iconButton('plus', 'app.newChat', () => {
  showEmpty();
  composer.focus();
});
const notice = h('p', { class: 'page-notice', role: 'alert', hidden: true });
const shade = h('div', { class: 'shade', on: { click: () => setSidebar(false) } });
const column = h('div', { class: 'column' },
  h('header', { class: 'top' }, opener, h('div', { class: 'top-middle' }, title), newChat),
  notice, chat.element,
  h('section', { class: 'composer-box', label: 'composer.label' }, composer.element, h('p', { class: 'composer-hint', text: 'composer.hint' })));

document.body.replaceChildren(h('a', { class: 'skip', href: '#message', text: 'app.skip', on: { click: (event) => {
  event.preventDefault();
  composer.focus();
} } }), h('div', { class: 'app' }, sidebar.element, shade, column));
addAnnouncer();
setSidebar(settings.sidebar && !NARROW.matches, false);
NARROW.addEventListener('change', () => setSidebar(!NARROW.matches && settings.sidebar, false));

/** Shows or hides the conversations. On a narrow screen they cover the chat. */
function setSidebar(open, isChoice = true) {
  document.body.classList.toggle('has-sidebar', open);
  sidebar.element.inert = !open;
  column.inert = open && NARROW.matches;
  opener.hidden = open;
  newChat.hidden = open;
  if (!isChoice) {
    return;
  }
  if (!NARROW.matches) {
    changeSettings({ sidebar: open });
  }
  if (open) {
    sidebar.focus();
  } else {
    opener.focus();
  }
}

function closeDrawer() {
  if (NARROW.matches) {
    setSidebar(false);
  }
}

async function showTitle() {
  const id = chat.conversation;
  if (chat.isComparing) {
    label(title, 'text', 'model.compare');
  } else {
    let name = id === null ? '' : sidebar.title(id);
    if (name === null) { // it is older than those in the list
      name = await api.conversation(id).then(titleOf, () => '');
      if (id !== chat.conversation) {
        return;
      }
    }
    showPlain(title, name);
  }
  title.hidden = !title.textContent;
  document.title = title.textContent ? `${title.textContent} – O1-API` : 'O1-API';
}

/** Shows an empty chat. */
function showEmpty(comparing = false) {
  chat.clear(comparing);
  sidebar.setCurrent(null);
  history.replaceState(null, '', location.pathname + location.search);
  showTitle();
}

/** Shows the conversation that the URL names. */
async function followUrl() {
  const id = new URLSearchParams(location.hash.slice(1)).get('c');
  notice.hidden = true;
  chat.cancelOpening();
  if (!id && chat.conversation !== null) {
    showEmpty();
  }
  if (!id || id === chat.conversation) {
    return;
  }
  closeDrawer();
  try {
    if (await chat.open(id)) {
      sidebar.setCurrent(id);
      history.replaceState(null, '', linkTo(id)); // the chat before may have been stored meanwhile
      await showTitle();
    }
  } catch (error) {
    if (error.status !== 401) { // then it is opened with the new key
      showEmpty();
      showError(error);
    }
  }
}

function showError(error) {
  if (error.status === 404) {
    label(notice, 'text', 'list.notFound');
  } else {
    label(notice, 'text', error.status ? ['turn.failed', { message: error.message }] : 'turn.unreachable');
  }
  notice.hidden = false;
}

function showModels() {
  // A model in pro mode is chosen by the switch.
  composer.setModels(models.filter(({ id }) => !(id.endsWith('-pro') && models.some((other) => other.id === id.slice(0, -4)))));
}

/** Reads the models, which tells whether a key is needed. Returns whether it is valid. */
async function readModels() {
  try {
    models = await api.models();
    return true;
  } catch (error) {
    if (error.status === 401) {
      return false;
    }
    throw error;
  }
}

let isEntering = false;

/** Reads what the key may use. Asks for a key if that is needed. */
async function enter(wasRejected = false) {
  if (isEntering) { // several requests were rejected
    return;
  }
  isEntering = true;
  try {
    if (wasRejected || !(await readModels())) {
      await askForKey(readModels, wasRejected || api.apiKey() !== null);
    }
  } catch (error) {
    showError(error);
    return;
  } finally {
    isEntering = false;
  }
  showModels();
  await sidebar.refresh();
  await followUrl();
  await showTitle();
  if (!NARROW.matches) { // there it would open the keyboard of the screen
    composer.focus();
  }
}

api.whenKeyIsRejected(() => enter(true));
addEventListener('hashchange', followUrl);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented && !document.querySelector('dialog[open], :popover-open')) {
    if (column.inert) {
      setSidebar(false);
    } else if (chat.isRunning) {
      chat.stop();
    }
  }
});
for (const type of ['dragover', 'drop']) {
  addEventListener(type, (event) => { // a file that the page does not take would replace it
    if ([...event.dataTransfer.items].some(({ kind }) => kind === 'file')) {
      event.preventDefault();
      if (type === 'drop' && !document.querySelector('dialog[open]')) {
        composer.addFiles(event.dataTransfer.files);
      }
    }
  });
}

enter();
