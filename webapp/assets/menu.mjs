// A small menu at a button.

import { h, icon } from './dom.mjs';

/** Opens a menu below a button; each entry is `{key, icon, action, danger}`. */
export function openMenu(button, entries) {
  if (button.popoverTargetElement) { // it is open, and the browser closes it
    return;
  }
  const menu = h('div', { class: 'menu', popover: 'auto', role: 'menu', 'aria-label': button.getAttribute('aria-label') }, ...entries.map((entry) =>
    h('button', { type: 'button', role: 'menuitem', class: entry.danger ? 'menu-entry is-danger' : 'menu-entry', on: { click: () => {
      menu.hidePopover();
      entry.action();
    } } }, icon(entry.icon), h('span', { text: entry.key }))));
  menu.addEventListener('toggle', (event) => {
    if (event.newState === 'closed') {
      menu.remove();
      button.popoverTargetElement = null;
      button.setAttribute('aria-expanded', 'false');
    }
  });
  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const buttons = [...menu.children];
      buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length].focus();
    }
  });
  button.after(menu);
  button.setAttribute('aria-expanded', 'true');
  menu.showPopover();
  setTimeout(() => { button.popoverTargetElement = menu.isConnected ? menu : null; }); // not for the click that has opened it
  const place = button.getBoundingClientRect();
  menu.style.top = `${Math.min(place.bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.style.left = `${Math.max(8, Math.min(place.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
  menu.firstChild.focus();
}
