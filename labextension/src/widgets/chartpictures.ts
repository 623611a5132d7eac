import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { provideMaps } from '../maps/provide';
import { paperFigure } from '../model/figure';
import { PLOTLY_MIME, safeFigure } from '../safety/figure';
import type { IChartPictures } from '../tokens';

const WIDTH = 720;
const HEIGHT = 420;
/** For paper, and for screens with two pixels where others have one. */
const SCALE = 2;
/** A machine that is busy draws slowly; a renderer that never answers holds nothing up. */
const PATIENCE_MS = 30_000;

/** What is used of plotly.js; an internal of the renderer that the plotly wheel ships. */
interface IPlotly {
  toImage(graph: HTMLElement, options: object): Promise<string>;
  purge(graph: HTMLElement): void;
}

/** Draws charts off-screen with Lab's own renderer and takes their pictures, once each. */
export class ChartPictures implements IChartPictures {
  constructor(
    private _rendermime: IRenderMimeRegistry,
    private _save: (artifactId: string, png: string) => Promise<boolean>
  ) {}

  async of(
    charts: readonly { id: string; content: unknown }[]
  ): Promise<Map<string, string>> {
    const pictures = new Map<string, string>();
    for (const { id, content } of charts) {
      const png = await this._picture(id, content);
      if (png) {
        pictures.set(id, png);
      }
    }
    return pictures;
  }

  async keep(
    charts: readonly { id: string; content: unknown }[],
    onChart: (place: number) => void
  ): Promise<void> {
    for (const [place, { id, content }] of charts.entries()) {
      onChart(place + 1);
      await this._picture(id, content);
    }
    await Promise.all(charts.map(({ id }) => this._saved.get(id)));
  }

  private _picture(id: string, content: unknown): Promise<string | null> {
    let picture = this._pictures.get(id);
    if (!picture) {
      picture = this._draw(content).then(png => {
        if (png) {
          this._saved.set(id, this._kept(id, png));
        } else {
          this._pictures.delete(id); // to be tried again when it is next asked for
        }
        return png;
      });
      this._pictures.set(id, picture);
    }
    return picture;
  }

  /** One that was not kept is drawn again when it is next asked for. */
  private async _kept(id: string, png: string): Promise<void> {
    if (!(await this._save(id, png))) {
      this._pictures.delete(id);
    }
  }

  private async _draw(content: unknown): Promise<string | null> {
    await provideMaps();
    const figure = safeFigure(content);
    if (!figure || !this._rendermime.mimeTypes.includes(PLOTLY_MIME)) {
      return null;
    }
    const data = { [PLOTLY_MIME]: paperFigure(figure, WIDTH, HEIGHT) as never };
    const renderer = this._rendermime.createRenderer(PLOTLY_MIME);
    const host = document.createElement('div');
    host.className = 'dl-offscreen';
    host.setAttribute('aria-hidden', 'true');
    document.body.appendChild(host);
    Widget.attach(renderer, host);
    try {
      return await Promise.race([
        renderer.renderModel(new MimeModel({ data })).then(() => takePicture(renderer)),
        new Promise<null>(resolve => window.setTimeout(() => resolve(null), PATIENCE_MS))
      ]);
    } catch (reason) {
      // A chart without a picture is still a chart: exports say that it was not drawn.
      console.warn('DataLens: no picture of a chart could be made.', reason);
      return null;
    } finally {
      plotlyOf(renderer)?.purge(renderer.node);
      renderer.dispose();
      host.remove();
    }
  }

  private _pictures = new Map<string, Promise<string | null>>();
  private _saved = new Map<string, Promise<void>>();
}

async function takePicture(renderer: Widget): Promise<string | null> {
  const plotly = plotlyOf(renderer);
  if (!plotly) {
    return null;
  }
  const options = { format: 'png', width: WIDTH, height: HEIGHT, scale: SCALE };
  const url = await plotly.toImage(renderer.node, options);
  return url.startsWith('data:image/png;base64,')
    ? url.slice(url.indexOf(',') + 1)
    : null;
}

function plotlyOf(renderer: Widget): IPlotly | null {
  const plotly = (renderer.constructor as { Plotly?: Partial<IPlotly> | null }).Plotly;
  return typeof plotly?.toImage === 'function' && typeof plotly.purge === 'function'
    ? (plotly as IPlotly)
    : null;
}

export function pngBlob(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
