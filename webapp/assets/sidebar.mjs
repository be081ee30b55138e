// The stored conversations: listed, opened, renamed, exported, deleted.

import * as api from './api.mjs';
import { ask } from './dialogs.mjs';
import { h, icon, iconButton, label } from './dom.mjs';
import { saveFile, toJson, toMarkdown } from './history.mjs';
import { openMenu } from './menu.mjs';
import { text } from './texts.mjs';

const MAX_TITLE = 120; // characters
const NEW_TITLE = 60; // of the question

/** The title of a conversation. */
export function titleOf(conversation) {
  return conversation.metadata?.title || text('list.untitled');
}

/** The URL of a conversation in this page. */
export function linkTo(id) {
  return `./#c=${encodeURIComponent(id)}`;
}

export class Sidebar {
  #list = h('ul', { class: 'conversations' });
  #message = h('p', { class: 'sidebar-message', hidden: true });
  #more = h('button', { type: 'button', class: 'text-button sidebar-more', hidden: true, text: 'list.more', on: { click: () => this.#load() } });
  #conversations = [];
  #current = null;
  #isLoading = false;
  #hide;
  #new;
  #onRenamed;
  #onDeleted;

  element;

  /** @param handlers `onNew()`, `onHide()`, `onSettings()`, `onRenamed()`, `onDeleted(id)` */
  constructor({ onNew, onHide, onSettings, onRenamed, onDeleted }) {
    this.#onRenamed = onRenamed;
    this.#onDeleted = onDeleted;
    this.#hide = iconButton('panel', 'app.closeSidebar', onHide, { 'aria-controls': 'sidebar', 'aria-expanded': 'true' });
    this.#new = h('button', { type: 'button', class: 'new-chat', on: { click: onNew } }, icon('plus'), h('span', { text: 'app.newChat' }));
    this.element = h('aside', { class: 'sidebar', id: 'sidebar', label: 'app.conversations' },
      h('div', { class: 'sidebar-head' },
        h('span', { class: 'brand' }, h('img', { src: new URL('icon.svg', import.meta.url).href, alt: '', width: '22', height: '22' }), 'O1-API'),
        this.#hide),
      this.#new,
      h('nav', { class: 'sidebar-list', label: 'app.conversations' }, this.#message, this.#list, this.#more),
      h('div', { class: 'sidebar-foot' }, h('button', { type: 'button', class: 'sidebar-button', on: { click: onSettings } },
        icon('settings'), h('span', { text: 'app.settings' }))));
  }

  /** Reads the newest conversations. */
  async refresh() {
    this.#conversations = this.#conversations.filter(({ isPending }) => isPending);
    await this.#load();
  }

  async #load() {
    if (this.#isLoading) {
      return;
    }
    this.#isLoading = true;
    try {
      const page = await api.conversations(this.#conversations.findLast(({ isPending }) => !isPending)?.id);
      this.#conversations.push(...page.data);
      this.#more.hidden = !page.has_more;
      this.#show();
    } catch (error) {
      this.#say(['list.unavailable', { message: error.message }]);
    } finally {
      this.#isLoading = false;
    }
  }

  #say(message) {
    this.#message.hidden = message === null;
    if (message) {
      label(this.#message, 'text', message);
    }
  }

  /** Adds a conversation that was just created, or that will be (`isPending`). */
  add(conversation) {
    this.#conversations = [conversation, ...this.#conversations.filter(({ id }) => id !== conversation.id)];
    this.#show();
  }

  /** Marks the conversation that is shown; null: none. */
  setCurrent(id) {
    this.#current = id;
    this.#show();
  }

  /** The title of a conversation in the list; null if it is not in it. */
  title(id) {
    const conversation = this.#conversations.find((other) => other.id === id);
    return conversation ? titleOf(conversation) : null;
  }

  /** Moves the focus here. */
  focus() {
    this.#hide.focus();
  }

  #show() {
    this.#say(this.#conversations.length === 0 ? 'list.empty' : null);
    const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
    const id = focused?.parentElement.dataset.id;
    this.#list.replaceChildren(...this.#conversations.map((conversation) => this.#entry(conversation)));
    if (focused) {
      const entry = [...this.#list.children].find((other) => other.dataset.id === id);
      (entry?.querySelector(focused.localName) ?? this.#new).focus();
    }
  }

  #entry(conversation) {
    const isCurrent = conversation.id === this.#current;
    const title = titleOf(conversation);
    const button = iconButton('more', ['list.actions', { title }], () => this.#openActions(button, conversation),
      { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
    return h('li', { class: isCurrent ? 'conversation is-current' : 'conversation', data: { id: conversation.id } },
      h('a', { href: linkTo(conversation.id), class: 'conversation-link', dir: 'auto', ...(isCurrent ? { 'aria-current': 'page' } : {}) }, title), button);
  }

  #openActions(button, conversation) {
    openMenu(button, conversation.isPending ? [this.#deleteEntry(conversation)] : [
      { key: 'list.rename', icon: 'edit', action: () => this.#rename(conversation) },
      { key: 'list.exportMarkdown', icon: 'download', action: () => this.#export(conversation, 'md') },
      { key: 'list.exportJson', icon: 'download', action: () => this.#export(conversation, 'json') },
      this.#deleteEntry(conversation),
    ]);
  }

  #deleteEntry(conversation) {
    return { key: 'list.delete', icon: 'trash', danger: true, action: () => this.#delete(conversation) };
  }

  async #rename(conversation) {
    const values = await ask({
      title: 'list.renameTitle',
      submit: 'app.save',
      content: [h('input', {
        class: 'input', name: 'title', label: 'list.renameTitle', value: conversation.metadata?.title ?? '', maxlength: String(MAX_TITLE),
        required: true, dir: 'auto', autofocus: true,
      })],
    });
    const title = values?.title.trim();
    if (title) {
      await this.#attempt(async () => {
        Object.assign(conversation, await api.setMetadata(conversation.id, { ...conversation.metadata, title }));
        this.#show();
        this.#onRenamed();
      });
    }
  }

  #export(conversation, type) {
    return this.#attempt(async () => {
      const title = titleOf(conversation);
      const items = await api.items(conversation.id);
      if (type === 'md') {
        saveFile(`${title}.md`, 'text/markdown', toMarkdown(title, items));
      } else {
        saveFile(`${title}.json`, 'application/json', toJson(conversation, items));
      }
    });
  }

  async #delete(conversation) {
    const values = await ask({
      title: 'list.deleteTitle',
      submit: 'list.delete',
      danger: true,
      content: [h('p', { text: ['list.deleteText', { title: titleOf(conversation) }] })],
    });
    if (values) {
      await this.#attempt(async () => {
        await api.deleteConversation(conversation.id).catch(ignoreMissing);
        this.#conversations = this.#conversations.filter((other) => other !== conversation);
        this.#show();
        this.#onDeleted(conversation.id);
      });
    }
  }

  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.#say(['list.unavailable', { message: error.message }]);
    }
  }
}

function ignoreMissing(error) {
  if (error.status !== 404) {
    throw error;
  }
}

/** A title for a conversation that begins with a question. */
export function titleFor(question) {
  const characters = [...question.text.trim().replaceAll(/\s+/g, ' ')];
  const title = characters.length > NEW_TITLE ? `${characters.slice(0, NEW_TITLE).join('')}…` : characters.join('');
  return title || text('turn.image');
}

