import { Dialog } from '@jupyterlab/apputils';

const FOCUSABLE =
  'button:not(:disabled), input, select, textarea, summary, [tabindex="0"]';

/**
 * A dialog whose body is read and worked in by keyboard.
 *
 * Lab's own presses its default button on Enter wherever the focus is, and knows as first element
 * only what was drawn when it opened: React draws later.
 */
export class ReadingDialog<T> extends Dialog<T> {
  override handleEvent(event: Event): void {
    if (event.type === 'keydown') {
      const { key, shiftKey } = event as KeyboardEvent;
      const focused = document.activeElement;
      if (key === 'Enter' && focused?.closest('.jp-Dialog-body')) {
        return;
      }
      const places = this.node.querySelectorAll<HTMLElement>(FOCUSABLE);
      if (key === 'Tab' && !shiftKey && focused === places[places.length - 1]) {
        event.preventDefault();
        event.stopPropagation();
        places[0].focus();
        return;
      }
    }
    super.handleEvent(event);
  }
}
