import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';

import { CommandIDs, IDataLens } from '../tokens';

/** A card of the launcher that opens the panel. */
export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:launcher',
  description: 'Adds DataLens to the launcher.',
  autoStart: true,
  requires: [IDataLens],
  optional: [ILauncher],
  activate: (_: JupyterFrontEnd, __: IDataLens, launcher: ILauncher | null): void => {
    launcher?.add({
      command: CommandIDs.open,
      args: { isLauncher: true },
      category: 'Other',
      rank: 0
    });
  }
};
