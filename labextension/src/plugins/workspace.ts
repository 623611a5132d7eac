import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { WorkspaceTabName } from '../model/workspace';
import { CommandIDs, IDataLens } from '../tokens';
import { dataLensIcon } from '../widgets/icons';
import { DataLensWorkspace } from '../widgets/workspace';

/** From here on there is room for a notebook and the workspace side by side. */
const ROOM_FOR_TWO_PX = 640;

/** The workspace in the main area, beside the notebook. */
export const workspacePlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:workspace',
  description: 'Shows the code, charts, tables and logs of an analysis at full size.',
  autoStart: true,
  requires: [IDataLens, IRenderMimeRegistry, IEditorServices],
  optional: [ILayoutRestorer, ICommandPalette, IThemeManager],
  activate: (
    app: JupyterFrontEnd,
    datalens: IDataLens,
    rendermime: IRenderMimeRegistry,
    editorServices: IEditorServices,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null
  ): void => {
    const tracker = new WidgetTracker<DataLensWorkspace>({
      namespace: 'datalens-workspace'
    });
    const drawing = { rendermime, editors: editorServices.factoryService, themes };

    const open = (): DataLensWorkspace => {
      const workspace = new DataLensWorkspace(datalens.model, drawing);
      workspace.stateChanged.connect(() => void tracker.save(workspace));
      const mode = mainAreaWidth() >= ROOM_FOR_TWO_PX ? 'split-right' : 'tab-after';
      app.shell.add(workspace, 'main', { mode, type: 'DataLens Workspace' });
      void tracker.add(workspace);
      return workspace;
    };

    app.commands.addCommand(CommandIDs.workspace, {
      label: 'Open the DataLens workspace',
      caption: 'Code, charts, tables and logs of an analysis, beside the notebook',
      icon: dataLensIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: { type: ['string', 'null'], description: 'A run; the newest if none' },
            tab: { type: 'string', description: 'code, chart-ID, tables, logs or data' }
          }
        }
      },
      execute: args => {
        const workspace = tracker.currentWidget ?? open();
        workspace.present({
          run: typeof args.run === 'string' ? args.run : null,
          ...(typeof args.tab === 'string' ? { tab: args.tab as WorkspaceTabName } : {})
        });
        app.shell.activateById(workspace.id);
      }
    });
    palette?.addItem({ command: CommandIDs.workspace, category: 'DataLens' });
    void restorer?.restore(tracker, {
      command: CommandIDs.workspace,
      args: workspace => ({ ...workspace.state }),
      name: workspace => workspace.id
    });
  }
};

function mainAreaWidth(): number {
  return document.getElementById('jp-main-dock-panel')?.offsetWidth ?? 0;
}
