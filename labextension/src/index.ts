import { continuationPlugin } from './plugins/continuation';
import { fileBrowserPlugin } from './plugins/filebrowser';
import { launcherPlugin } from './plugins/launcher';
import { mapsPlugin } from './plugins/maps';
import { notebookPlugin } from './plugins/notebook';
import { panelPlugin } from './plugins/panel';
import { sessionPlugin } from './plugins/session';
import { tablePlugin } from './plugins/table';
import { workspacePlugin } from './plugins/workspace';

export * from './tokens';

export default [
  sessionPlugin,
  panelPlugin,
  workspacePlugin,
  notebookPlugin,
  continuationPlugin,
  fileBrowserPlugin,
  launcherPlugin,
  tablePlugin,
  mapsPlugin
];
