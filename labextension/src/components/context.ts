import { createContext, useContext, useEffect, useReducer } from 'react';

import type { SessionModel } from '../model/session';
import type { IDrawing } from '../tokens';

/** What the panel can ask of the page around it. */
export interface IPanelActions {
  /** Opens the file picker of this computer. */
  chooseFile(): void;
  openMenu(anchor: HTMLElement): void;
  preview(query: string): void;
  /** Null while there is no notebook that could take it. */
  insertInNotebook(runId: string): Promise<boolean>;
  explainStatus(): void;
}

export interface IPanelContext {
  model: SessionModel;
  drawing: IDrawing;
  actions: IPanelActions;
  /** Counts changes of Lab's theme: charts are drawn again in its colours. */
  theme: number;
}

const Context = createContext<IPanelContext | null>(null);

export const PanelContext = Context.Provider;

export function usePanel(): IPanelContext {
  const context = useContext(Context);
  if (!context) {
    throw new Error('A DataLens component was used outside of its panel.');
  }
  return context;
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
