// Keeps the end of a growing text in view until the reader scrolls away from it.

const NEAR_END = 60; // pixels: a reader who scrolls down to here follows
const AT_END = 2; // pixels: a reader who scrolls up further does not

export class Follower {
  #scroller;
  #follows = false;
  #top = 0;
  #onChange;

  /** @param onChange is called with whether the end is out of view */
  constructor(scroller, content, onChange) {
    this.#scroller = scroller;
    this.#onChange = onChange;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.#grown()).observe(content);
  }

  #distance() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Only a reader scrolls up: the end may also be far because the text has grown since. */
  #scrolled() {
    const top = this.#scroller.scrollTop;
    if (top < this.#top) {
      this.#set(this.#distance() < AT_END);
    } else if (this.#distance() < NEAR_END) {
      this.#set(true);
    }
    this.#top = top;
  }

  #set(follows) {
    if (this.#follows !== follows) {
      this.#follows = follows;
      this.#onChange(!follows);
    }
  }

  #grown() {
    if (this.#follows) {
      this.#goToEnd();
    } else if (this.#distance() < AT_END) { // the text has become shorter
      this.#set(true);
    }
  }

  #goToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
  }

  /** Stays at the beginning. */
  toStart() {
    this.#set(false);
    this.#onChange(false);
    this.#scroller.scrollTop = 0;
  }

  /** Goes to the end, and stays there. */
  toEnd() {
    this.#set(true);
    this.#goToEnd();
  }
}
