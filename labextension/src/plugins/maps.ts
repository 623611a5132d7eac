import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { provideMaps } from '../maps/provide';

/** Maps are drawn without a request to anywhere else, in the panel and in notebooks. */
export const mapsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:maps',
  description: 'Serves the outlines of countries to plotly from this server.',
  autoStart: true,
  activate: (app: JupyterFrontEnd): void => {
    void app.restored.then(provideMaps);
  }
};
