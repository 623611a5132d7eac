import { ReactWidget } from '@jupyterlab/ui-components';
import type { Drag } from '@lumino/dragdrop';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { UploadSource } from '../api/upload';
import type { IPanelActions } from '../components/context';
import { Panel } from '../components/Panel';
import type { SessionModel } from '../model/session';
import type { IDrawing } from '../tokens';
import { dataLensIcon } from './icons';

const FILES_MIME = 'application/x-jupyter-icontents';
const EVENTS = [
  'lm-dragenter',
  'lm-dragover',
  'lm-dragleave',
  'lm-drop',
  'dragenter',
  'dragover',
  'dragleave',
  'drop'
];

export interface IDataLensPanelOptions {
  model: SessionModel;
  drawing: IDrawing;
  actions: Omit<IPanelActions, 'chooseFile' | 'edit'>;
  /** A file browser's path without its drive. */
  localPath: (path: string) => string;
  onShown: (shown: boolean) => void;
}

/** The panel in the sidebar: takes files that are dropped on it, keeps the draft. */
export class DataLensPanel extends ReactWidget {
  constructor(private _options: IDataLensPanelOptions) {
    super();
    this.id = 'datalens-panel';
    this.addClass('dl-view');
    this.addClass('dl-panel');
    this.node.dataset.testid = 'datalens-panel';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'DataLens');
    this.title.icon = dataLensIcon;
    this.title.caption = 'DataLens: ask questions of your data';
    this._actions = {
      ..._options.actions,
      chooseFile: () =>
        this.node
          .querySelector<HTMLInputElement>('[data-testid=datalens-upload-input]')
          ?.click(),
      edit: query => {
        this.draft = query;
        window.requestAnimationFrame(() => this.focusComposer());
      }
    };
  }

  get draft(): string {
    return this._draft;
  }

  /** Puts words into the composer. */
  set draft(text: string) {
    this._draft = text;
    this.update();
  }

  chooseFile(): void {
    this._actions.chooseFile();
  }

  focusComposer(): void {
    this.node
      .querySelector<HTMLTextAreaElement>('[data-testid=datalens-composer]')
      ?.focus();
  }

  async add(sources: UploadSource[]): Promise<void> {
    const { uploads } = this._options.model;
    await Promise.all(sources.map(source => uploads.add(source)));
  }

  handleEvent(event: Event): void {
    switch (event.type) {
      case 'lm-dragenter':
      case 'lm-dragover':
        this._onLabDrag(event as Drag.Event);
        break;
      case 'lm-drop':
        this._onLabDrop(event as Drag.Event);
        break;
      case 'dragenter':
      case 'dragover':
        this._onDesktopDrag(event as DragEvent);
        break;
      case 'drop':
        this._onDesktopDrop(event as DragEvent);
        break;
      case 'resize':
        this.parent?.fit(); // its least width depends on the window's
        break;
      case 'lm-dragleave':
      case 'dragleave':
        this._onLeave(event as DragEvent);
        break;
    }
  }

  protected render(): JSX.Element {
    const { model, drawing } = this._options;
    return (
      <Panel
        model={model}
        drawing={drawing}
        actions={this._actions}
        dropping={this._dropping}
        draft={this._draft}
        onDraft={text => {
          this.draft = text;
        }}
        onFiles={files => void this.add(files.map(file => ({ file })))}
      />
    );
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    EVENTS.forEach(type => this.node.addEventListener(type, this));
    window.addEventListener('resize', this);
  }

  protected override onBeforeDetach(msg: Message): void {
    EVENTS.forEach(type => this.node.removeEventListener(type, this));
    window.removeEventListener('resize', this);
    super.onBeforeDetach(msg);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._options.onShown(true);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._options.onShown(false);
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.focusComposer();
  }

  private _onLabDrag(event: Drag.Event): void {
    if (event.mimeData.hasData(FILES_MIME)) {
      event.preventDefault();
      event.stopPropagation();
      event.dropAction = event.proposedAction;
      this._setDropping(true);
    }
  }

  private _onLabDrop(event: Drag.Event): void {
    this._setDropping(false);
    if (!event.mimeData.hasData(FILES_MIME)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    event.dropAction = event.proposedAction;
    const paths = event.mimeData.getData(FILES_MIME) as string[];
    void this.add(paths.map(path => ({ path: this._options.localPath(path) })));
  }

  private _onDesktopDrag(event: DragEvent): void {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      this._setDropping(true);
    }
  }

  private _onDesktopDrop(event: DragEvent): void {
    this._setDropping(false);
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length) {
      event.preventDefault();
      event.stopPropagation();
      void this.add(files.map(file => ({ file })));
    }
  }

  private _onLeave(event: DragEvent): void {
    const to = event.relatedTarget;
    if (!(to instanceof Node) || !this.node.contains(to)) {
      this._setDropping(false);
    }
  }

  private _setDropping(dropping: boolean): void {
    if (this._dropping !== dropping) {
      this._dropping = dropping;
      this.update();
    }
  }

  private _actions: IPanelActions;
  private _draft = '';
  private _dropping = false;
}
