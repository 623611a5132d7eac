import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import type { IRunState } from '../model/run';
import { cellMetadata, insertPictures, insertRun } from '../notebook/insert';
import { holdsRun, savedAs } from '../notebook/cells';
import { decorate } from '../notebook/decorate';
import { IDataLens } from '../tokens';

const PANEL_PLUGIN = 'datalens-jupyter:notebook';

/** Keeps each run in the notebook that was current when its question was asked. */
export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: PANEL_PLUGIN,
  description: 'Inserts DataLens runs into notebooks as read-only cells.',
  autoStart: true,
  requires: [IDataLens, INotebookTracker],
  optional: [ISettingRegistry],
  activate: (
    _: JupyterFrontEnd,
    datalens: IDataLens,
    tracker: INotebookTracker,
    registry: ISettingRegistry | null
  ): void => {
    const { model, pictures } = datalens;
    let automatic = true;
    void registry?.load(PANEL_PLUGIN).then(settings => {
      const read = () => {
        automatic = settings.get('insertIntoNotebook').composite !== false;
      };
      settings.changed.connect(read, tracker);
      read();
    });

    const insert = async (panel: NotebookPanel, sessionId: string, run: IRunState) => {
      await panel.context.ready;
      const version = model.status?.version ?? '';
      const kept = model.status?.tokenised_code
        ? savedAs(run, await model.client.savedCode(run.id))
        : run;
      if (panel.isDisposed) {
        return false;
      }
      insertRun(panel, kept, { version, sessionId, pictures: new Map() });
      void addPictures(panel, kept);
      return holdsRun(cellMetadata(panel), run.id);
    };

    // Drawing takes a moment, and the cells do not wait for it.
    const addPictures = async (panel: NotebookPanel, run: IRunState) => {
      const charts = run.executions.flatMap(e =>
        e.artifacts.filter(a => a.type === 'chart')
      );
      const drawn = await pictures.of(charts);
      if (!panel.isDisposed) {
        insertPictures(panel, run, drawn);
      }
    };

    datalens.notebook = {
      current: () => (automatic ? (tracker.currentWidget?.context.path ?? null) : null),
      insert: async runId => {
        const panel = tracker.currentWidget;
        const run = model.conversation.runs.find(r => r.id === runId);
        return panel && run && model.session
          ? insert(panel, model.session.id, run)
          : false;
      }
    };

    model.runFinished.connect((_, { sessionId, run, notebook }) => {
      const panel = tracker.find(widget => widget.context.path === notebook);
      // What was stopped before any code ran leaves nothing worth keeping.
      if (panel && (run.executions.length || run.answer)) {
        void insert(panel, sessionId, run);
      }
    }, tracker);

    tracker.widgetAdded.connect((_, panel) => decorate(panel), tracker);
    tracker.forEach(panel => decorate(panel));
  }
};
