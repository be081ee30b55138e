// Where the reader writes: the message, its images, and which model answers.

import { h, icon, iconButton, label, setIcon } from './dom.mjs';
import { select } from './dialogs.mjs';
import { TOUCH, isSubmit } from './question-view.mjs';
import { changeSettings, settings } from './settings.mjs';

const MAX_IMAGE_MB = 5;
const MAX_IMAGES_MB = 7; // all together: the gateway accepts 10 MB by default, and Base64 needs a third more

export class Composer {
  #images = [];
  #models = [];
  #isRunning = false;
  #isBlocked = false;
  #reading = 0; // images
  #thumbnails = h('ul', { class: 'thumbnails', hidden: true });
  #problem = h('p', { class: 'composer-problem', role: 'alert', hidden: true });
  #input = h('textarea', {
    class: 'composer-input', id: 'message', rows: '1', dir: 'auto', label: 'composer.label', placeholder: 'composer.placeholder', autocomplete: 'off',
  });
  #file = h('input', { type: 'file', accept: 'image/png,image/jpeg,image/gif,image/webp', multiple: true, hidden: true, tabindex: '-1' });
  #first = h('span', { class: 'choice' });
  #second = h('span', { class: 'choice', hidden: true });
  #effort = h('span', { class: 'choice' });
  #pro = h('button', {
    type: 'button', class: 'pro', hidden: true, 'aria-pressed': 'false', title: 'pro.title', on: { click: () => this.#togglePro() },
  }, h('span', { text: 'pro.label' }));
  #compare = iconButton('columns', 'model.compare', () => this.#onCompare());
  #send = h('button', { type: 'submit', class: 'send', title: 'composer.send' }, icon('send'));
  #onSend;
  #onStop;
  #onCompare;

  element = h('form', { class: 'composer', on: { submit: (event) => this.#submit(event) } },
    this.#problem,
    this.#thumbnails,
    this.#input,
    h('div', { class: 'composer-bar' },
      iconButton('image', 'composer.image', () => this.#file.click()), this.#file,
      h('div', { class: 'choices' }, this.#first, this.#second, this.#effort, this.#pro),
      this.#compare, this.#send));

  /** @param handlers `onSend({text, images})`, `onStop()`, `onCompare()` */
  constructor({ onSend, onStop, onCompare }) {
    this.#onSend = onSend;
    this.#onStop = onStop;
    this.#onCompare = onCompare;
    this.#input.addEventListener('keydown', (event) => this.#key(event));
    this.#input.addEventListener('input', () => this.#changed());
    this.#input.addEventListener('paste', (event) => this.#paste(event));
    this.#file.addEventListener('change', () => {
      this.addFiles(this.#file.files);
      this.#file.value = '';
    });
    this.setComparing(false);
    this.#changed();
  }

  focus() {
    this.#input.focus();
  }

  /** Puts a text into the input. */
  write(value) {
    this.#input.value = value;
    this.#changed();
    this.focus();
  }

  /** Shows the models that can be chosen. */
  setModels(models) {
    this.#models = models;
    const known = (id) => models.some((model) => model.id === id);
    if (!known(settings.model)) {
      changeSettings({ model: models[0]?.id ?? '' });
    }
    if (!known(settings.secondModel)) {
      changeSettings({ secondModel: models[1]?.id ?? settings.model });
    }
    const menu = (name, labelKey) => select(models.map((model) => ({ value: model.id, name: model.display_name ?? model.id })), settings[name],
      { label: labelKey, on: { change: (event) => this.#choose({ [name]: event.target.value }) } });
    this.#first.replaceChildren(menu('model', 'model.label'), icon('chevron'));
    this.#second.replaceChildren(menu('secondModel', 'model.second'), icon('chevron'));
    this.#showEffort();
  }

  #choose(changes) {
    changeSettings(changes);
    this.#showEffort();
  }

  #showEffort() {
    const model = this.#models.find(({ id }) => id === settings.model);
    const efforts = model?.reasoning_efforts ?? [];
    if (!efforts.includes(settings.effort)) {
      changeSettings({ effort: '' });
    }
    const options = [{ value: '', key: 'effort.default' }, ...efforts.map((effort) => ({ value: effort, key: `effort.${effort}` }))];
    this.#effort.replaceChildren(
      select(options, settings.effort, { label: 'effort.label', on: { change: (event) => changeSettings({ effort: event.target.value }) } }), icon('chevron'));
    this.#pro.hidden = !model?.reasoning_modes?.includes('pro');
    this.#pro.setAttribute('aria-pressed', String(settings.pro));
  }

  #togglePro() {
    changeSettings({ pro: !settings.pro });
    this.#pro.setAttribute('aria-pressed', String(settings.pro));
  }

  /** Shows whether two models are compared. */
  setComparing(comparing) {
    this.#second.hidden = !comparing;
    this.#compare.setAttribute('aria-pressed', String(comparing));
    label(this.#compare, 'title', comparing ? 'model.endCompare' : 'model.compare');
  }

  /** While an answer runs, the button stops it. */
  setRunning(running) {
    this.#isRunning = running;
    this.#send.classList.toggle('is-stop', running);
    setIcon(this.#send, running ? 'stop' : 'send');
    label(this.#send, 'title', running ? 'composer.stop' : 'composer.send');
    this.#changed();
  }

  /** While a conversation is being read, nothing can be sent: the message may belong to it. */
  setBlocked(blocked) {
    this.#isBlocked = blocked;
    this.#changed();
  }

  #submit(event) {
    event.preventDefault();
    if (this.#isRunning) {
      this.#onStop();
      if (!TOUCH.matches) { // there it would open the keyboard of the screen
        this.focus();
      }
      return;
    }
    if (this.#send.disabled) {
      return;
    }
    const value = this.#input.value.trim();
    const images = this.#images.map(({ url }) => url);
    this.#images = [];
    this.#input.value = '';
    this.#showImages();
    this.#changed();
    this.#onSend({ text: value, images });
  }

  #key(event) {
    if (isSubmit(event)) {
      event.preventDefault();
      if (!this.#isRunning) {
        this.element.requestSubmit();
      }
    }
  }

  #changed() {
    this.#input.style.height = 'auto';
    this.#input.style.height = `${this.#input.scrollHeight}px`;
    const isReady = !this.#isBlocked && this.#reading === 0 && (this.#input.value.trim() !== '' || this.#images.length > 0);
    this.#send.disabled = !this.#isRunning && !isReady;
  }

  #paste(event) {
    const files = [...event.clipboardData.files].filter(isImage);
    if (files.length > 0) {
      event.preventDefault();
      this.addFiles(files);
    }
  }

  /** Adds images to the message. */
  async addFiles(files) {
    this.#problem.hidden = true;
    for (const file of [...files].filter(isImage)) {
      await this.#addImage(file);
    }
  }

  async #addImage(file) {
    const { name, size } = file;
    const problem = (key, megabytes) => {
      label(this.#problem, 'text', [key, { name, size: megabytes }]);
      this.#problem.hidden = false;
    };
    if (size > MAX_IMAGE_MB * 2 ** 20) {
      problem('composer.imageTooLarge', MAX_IMAGE_MB);
      return;
    }
    this.#reading++;
    this.#changed();
    try {
      const url = await dataUrl(file);
      if (this.#images.reduce((sum, image) => sum + image.size, size) > MAX_IMAGES_MB * 2 ** 20) {
        problem('composer.imagesTooLarge', MAX_IMAGES_MB);
      } else {
        this.#images.push({ name, size, url });
      }
    } catch {
      problem('composer.imageUnreadable');
    } finally {
      this.#reading--;
      this.#showImages();
      this.#changed();
    }
  }

  #showImages() {
    this.#thumbnails.hidden = this.#images.length === 0;
    this.#thumbnails.replaceChildren(...this.#images.map((image) => h('li', {}, h('img', { src: image.url, alt: image.name }),
      iconButton('close', 'composer.removeImage', () => {
        this.#images = this.#images.filter((other) => other !== image);
        this.#showImages();
        this.#changed();
        this.focus();
      }))));
  }
}

function isImage(file) {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.type);
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
