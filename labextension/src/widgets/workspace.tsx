import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import { Workspace } from '../components/Workspace';
import type { SessionModel } from '../model/session';
import type { WorkspaceTabName } from '../model/workspace';
import type { IDrawing } from '../tokens';
import { dataLensIcon } from './icons';

/** What a workspace shows; kept over a reload of the page. */
export interface IWorkspaceState {
  /** Null for the newest run. */
  run: string | null;
  tab: WorkspaceTabName;
}

/** The workspace in the main area: a run's code, charts, tables and logs at full size. */
export class DataLensWorkspace extends ReactWidget {
  constructor(
    private _model: SessionModel,
    private _drawing: IDrawing
  ) {
    super();
    this.id = 'datalens-workspace';
    this.addClass('dl-view');
    this.addClass('dl-workspace');
    this.node.dataset.testid = 'datalens-workspace';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'DataLens workspace');
    this.title.icon = dataLensIcon;
    this.title.label = 'DataLens';
    this.title.caption = 'Code, charts, tables and logs of an analysis';
    this.title.closable = true;
  }

  get state(): IWorkspaceState {
    return this._state;
  }

  get stateChanged(): ISignal<this, IWorkspaceState> {
    return this._stateChanged;
  }

  present(state: Partial<IWorkspaceState>): void {
    this._state = { ...this._state, ...state };
    this._stateChanged.emit(this._state);
    this.update();
  }

  protected render(): JSX.Element {
    return (
      <Workspace
        model={this._model}
        drawing={this._drawing}
        runId={this._state.run}
        tab={this._state.tab}
        onRun={run => this.present({ run })}
        onTab={tab => this.present({ tab })}
      />
    );
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    const selected = '[role=tab][aria-selected=true]';
    // What it was just asked to show is drawn with the next frame.
    window.requestAnimationFrame(() =>
      this.node.querySelector<HTMLElement>(selected)?.focus()
    );
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  private _state: IWorkspaceState = { run: null, tab: 'code' };
  private _stateChanged = new Signal<this, IWorkspaceState>(this);
}
