import { fileBrowserPlugin } from './plugins/filebrowser';
import { mapsPlugin } from './plugins/maps';
import { notebookPlugin } from './plugins/notebook';
import { panelPlugin } from './plugins/panel';
import { sessionPlugin } from './plugins/session';
import { tablePlugin } from './plugins/table';

export * from './tokens';

export default [
  sessionPlugin,
  panelPlugin,
  notebookPlugin,
  fileBrowserPlugin,
  tablePlugin,
  mapsPlugin
];
