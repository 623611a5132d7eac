import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { spreadsheetIcon } from '@jupyterlab/ui-components';

import { CommandIDs, IDataLens } from '../tokens';
import { dataLensIcon } from '../widgets/icons';

const OF_SELECTION = 'datalens:analyze-selection';

/** "Open in DataLens" on CSV and Excel files of the file browser. */
export const fileBrowserPlugin: JupyterFrontEndPlugin<void> = {
  id: 'datalens-jupyter:filebrowser',
  description: 'Adds DataLens to the context menu of data files.',
  autoStart: true,
  requires: [IDataLens, IFileBrowserFactory],
  activate: (app: JupyterFrontEnd, _: IDataLens, factory: IFileBrowserFactory): void => {
    if (!app.docRegistry.getFileType('datalens-xlsx')) {
      app.docRegistry.addFileType({
        name: 'datalens-xlsx',
        displayName: 'Excel Workbook',
        extensions: ['.xlsx', '.xlsm', '.xls', '.xlsb', '.ods'],
        mimeTypes: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
        fileFormat: 'base64',
        icon: spreadsheetIcon
      });
    }
    app.commands.addCommand(OF_SELECTION, {
      label: 'Open in DataLens',
      icon: dataLensIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        const items = Array.from(factory.tracker.currentWidget?.selectedItems() ?? []);
        const paths = items.map(item => app.serviceManager.contents.localPath(item.path));
        return app.commands.execute(CommandIDs.analyze, { paths });
      }
    });
    for (const type of ['csv', 'tsv', 'datalens-xlsx']) {
      app.contextMenu.addItem({
        command: OF_SELECTION,
        selector: `.jp-DirListing-item[data-file-type="${type}"]`,
        rank: 3
      });
    }
  }
};
