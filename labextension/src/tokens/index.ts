import type { IThemeManager } from '@jupyterlab/apputils';
import type { IEditorFactoryService } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Token } from '@lumino/coreutils';

import type { SessionModel } from '../model/session';

/** The conversation of this page, for plugins that add to it. */
export const IDataLens = new Token<IDataLens>(
  'datalens-jupyter:IDataLens',
  'The DataLens session of this page: its data, its runs, and where they are kept.'
);

export interface IDataLens {
  readonly model: SessionModel;
  /** Pictures of charts, drawn once each. */
  readonly pictures: IChartPictures;
  /** How the panel reaches the notebook; set by the notebook plugin. */
  notebook: INotebookLink | null;
}

export interface IChartPictures {
  /** Base64 PNGs of a run's charts by artifact id; those that cannot be drawn are left out. */
  of(charts: readonly { id: string; content: unknown }[]): Promise<Map<string, string>>;
  /** Has each picture kept that can be drawn, for exports. `onChart` hears each chart's place. */
  keep(
    charts: readonly { id: string; content: unknown }[],
    onChart: (place: number) => void
  ): Promise<void>;
}

export interface INotebookLink {
  /** The path of the current notebook, null if none is open. */
  current(): string | null;
  /** Adds a run to the current notebook; says whether it is there now. */
  insert(runId: string): Promise<boolean>;
}

/** What components need of Lab to draw with its own means. */
export interface IDrawing {
  rendermime: IRenderMimeRegistry;
  editors: IEditorFactoryService;
  /** Null where themes cannot be changed. */
  themes: IThemeManager | null;
}

export namespace CommandIDs {
  export const open = 'datalens:open';
  export const ask = 'datalens:ask';
  export const stop = 'datalens:stop';
  export const workspace = 'datalens:workspace';
  export const analyze = 'datalens:analyze-file';
}
