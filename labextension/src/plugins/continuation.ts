import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';

import { ApiError } from '../api/error';
import type { SessionModel } from '../model/session';
import { exportedFrom } from '../notebook/exported';
import { CommandIDs, IDataLens } from '../tokens';
import { Continuation } from '../widgets/continuation';

/** Offers to go on with the analysis that a notebook was exported from. */
export const continuationPlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:continuation',
  description: 'Offers to continue the analysis of an exported notebook.',
  autoStart: true,
  requires: [IDataLens, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    datalens: IDataLens,
    tracker: INotebookTracker
  ): void => {
    const { model } = datalens;
    const offer = async (panel: NotebookPanel) => {
      await panel.context.ready;
      const id = panel.isDisposed ? null : exportedFrom(panel);
      if (id === null) {
        return;
      }
      const known = await isKnown(model, id);
      if (known === null || panel.isDisposed || model.session?.id === id) {
        return;
      }
      const bar = new Continuation({
        onContinue: known
          ? () => {
              void app.commands.execute(CommandIDs.open);
              model.open(id).catch(reason => model.fail(reason));
            }
          : null,
        onDismiss: () => bar.dispose()
      });
      panel.contentHeader.addWidget(bar);
      const closeOnceOpen = () => {
        if (model.session?.id === id) {
          bar.dispose();
        }
      };
      model.changed.connect(closeOnceOpen);
      bar.disposed.connect(() => model.changed.disconnect(closeOnceOpen));
    };
    tracker.widgetAdded.connect((_, panel) => void offer(panel));
    tracker.forEach(panel => void offer(panel));
  }
};

/** Whether the user has this session here; null where the server cannot tell. */
async function isKnown(model: SessionModel, id: string): Promise<boolean | null> {
  try {
    await model.client.session(id);
    return true;
  } catch (reason) {
    const { code } = ApiError.from(reason);
    return /NOT_FOUND|DENIED/.test(code) ? false : null;
  }
}
