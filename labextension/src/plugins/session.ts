import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { PageConfig } from '@jupyterlab/coreutils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IStateDB } from '@jupyterlab/statedb';

import { DataLensClient } from '../api/client';
import { EventSocket } from '../api/eventsocket';
import { type ISavedState, SessionModel } from '../model/session';
import { TabMemory } from '../model/tabmemory';
import { IDataLens } from '../tokens';
import { ChartPictures, pngBlob } from '../widgets/chartpictures';

const STATE = 'datalens-jupyter:session';

/** A name for what a tab remembers of the workspace that it shows. */
export function inWorkspace(app: JupyterFrontEnd, name: string): string {
  const { baseUrl } = app.serviceManager.serverSettings;
  return [name, baseUrl, PageConfig.getOption('workspace')].join(' ');
}

/** The conversation of this page, restored after a reload. */
export const sessionPlugin: JupyterFrontEndPlugin<IDataLens> = {
  id: 'datalens-jupyter:session',
  description: 'Provides the DataLens session of this page.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IStateDB],
  provides: IDataLens,
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    state: IStateDB | null
  ): IDataLens => {
    const settings = app.serviceManager.serverSettings;
    const client = new DataLensClient(settings);
    const socket = new EventSocket({
      settings,
      connect: url => new settings.WebSocket(url),
      onConnectionChange: connected => model.setConnected(connected),
      onRefused: error => model.refused(error)
    });
    const tab = new TabMemory<ISavedState>(inWorkspace(app, STATE));
    const model = new SessionModel({
      client,
      socket,
      currentNotebook: () => datalens.notebook?.current() ?? null,
      save: saved => {
        tab.keep(saved);
        void state?.save(STATE, saved as never);
      }
    });
    const pictures = new ChartPictures(rendermime, async (artifactId, png) => {
      try {
        await client.savePng(artifactId, pngBlob(png));
        return true;
      } catch (reason) {
        // Exports have no picture then, and say so; the chart itself is not touched.
        console.warn('DataLens: a picture was not kept.', reason);
        return false;
      }
    });
    const datalens: IDataLens = { model, pictures, notebook: null };

    model.runFinished.connect((_, { run }) => {
      void pictures.of(
        run.executions.flatMap(e => e.artifacts.filter(a => a.type === 'chart'))
      );
    });
    // After the first paint of Lab, and after the plugins that listen have been activated.
    void app.restored
      .then(async () => tab.recall() ?? (await state?.fetch(STATE)))
      .then(saved => model.restore((saved ?? null) as Partial<ISavedState> | null));
    return datalens;
  }
};
