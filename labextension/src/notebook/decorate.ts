import type { NotebookPanel } from '@jupyterlab/notebook';

import { provideMaps } from '../maps/provide';

const CELL_CLASS = 'dl-cell';

/** Marks our cells of a notebook, and makes their charts interactive as they come into view. */
export function decorate(panel: NotebookPanel): void {
  const charts = new InteractiveCharts(panel.content.node);
  const mark = () => {
    for (const cell of panel.content.widgets) {
      cell.toggleClass(CELL_CLASS, Boolean(cell.model.getMetadata('datalens')));
    }
  };
  void panel.context.ready.then(() => {
    if (panel.isDisposed) {
      return;
    }
    mark();
    panel.content.model?.cells.changed.connect(mark, panel);
    panel.content.modelContentChanged.connect(mark, panel);
  });
  panel.disposed.connect(() => charts.dispose(), panel);
}

/**
 * A chart that is stored with its picture shows the picture until the mouse enters it. We do
 * not wait for a mouse.
 */
class InteractiveCharts {
  constructor(node: HTMLElement) {
    this._seen = new IntersectionObserver(entries => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) {
          this._seen.unobserve(target);
          void provideMaps().then(() =>
            target.dispatchEvent(new MouseEvent('mouseenter'))
          );
        }
      }
    });
    this._made = new MutationObserver(records => {
      for (const added of records.flatMap(record => Array.from(record.addedNodes))) {
        if (added instanceof HTMLElement) {
          this._watch(added);
        }
      }
    });
    this._made.observe(node, { childList: true, subtree: true });
    this._watch(node);
  }

  dispose(): void {
    this._made.disconnect();
    this._seen.disconnect();
  }

  private _watch(node: HTMLElement): void {
    const pictures = node.matches('img.plot-img')
      ? [node]
      : Array.from(node.querySelectorAll('img.plot-img'));
    for (const picture of pictures) {
      if (picture.closest(`.${CELL_CLASS}`)) {
        this._seen.observe(picture);
      }
    }
  }

  private _made: MutationObserver;
  private _seen: IntersectionObserver;
}
