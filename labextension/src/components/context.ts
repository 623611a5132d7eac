import { createContext, useContext, useEffect, useReducer } from 'react';

import type { SessionModel } from '../model/session';
import type { IDrawing } from '../tokens';

/** What every view of a conversation shares: what it shows, and Lab's means to draw it. */
export interface IDataLensContext {
  model: SessionModel;
  drawing: IDrawing;
}

/** What the panel can ask of the page around it. */
export interface IPanelActions {
  /** Opens the file picker of this computer. */
  chooseFile(): void;
  openMenu(anchor: HTMLElement): void;
  /** Puts a question into the composer, to be changed. */
  edit(query: string): void;
  preview(query: string): void;
  /** What a run sent; what its question would send, if that is not kept any more. */
  requests(runId: string, query: string): void;
  /** Says whether the run is in the current notebook now. */
  insertInNotebook(runId: string): Promise<boolean>;
  /** Shows a run in the main area, at one of its charts if one is named. */
  openWorkspace(runId: string, artifactId?: string): void;
  /** Whether there is a workspace: an administrator may have disabled it. */
  hasWorkspace(): boolean;
  explainStatus(): void;
}

const Context = createContext<IDataLensContext | null>(null);
const Actions = createContext<IPanelActions | null>(null);

export const DataLensContext = Context.Provider;
export const PanelActions = Actions.Provider;

export function useDataLens(): IDataLensContext {
  return provided(useContext(Context));
}

export function useActions(): IPanelActions {
  return provided(useContext(Actions));
}

function provided<T>(value: T | null): T {
  if (!value) {
    throw new Error('A DataLens component was used outside of its view.');
  }
  return value;
}

/** Renders again when the model changes, at most once a frame: output may come in floods. */
export function useModelChanges(model: SessionModel): void {
  const [, render] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let pending = 0;
    const onChange = () => {
      // A hidden page gets no frames, but its state still has to be right when it is shown.
      if (document.hidden) {
        render();
      } else if (!pending) {
        pending = window.requestAnimationFrame(() => {
          pending = 0;
          render();
        });
      }
    };
    model.changed.connect(onChange);
    onChange();
    return () => {
      model.changed.disconnect(onChange);
      window.cancelAnimationFrame(pending);
    };
  }, [model]);
}

/** Counts changes of Lab's theme: charts are drawn again in its colours. */
export function useTheme(): number {
  const { themes } = useDataLens().drawing;
  const [changes, count] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const onChange = () => count();
    themes?.themeChanged.connect(onChange);
    return () => {
      themes?.themeChanged.disconnect(onChange);
    };
  }, [themes]);
  return changes;
}
