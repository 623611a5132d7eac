import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IThemeManager } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { TabMemory } from '../model/tabmemory';
import { CommandIDs, IDataLens } from '../tokens';
import { dataLensIcon } from '../widgets/icons';
import { panelMenu } from '../widgets/menu';
import { DataLensPanel } from '../widgets/panel';
import { showPreview } from '../widgets/preview';
import { showRequest } from '../widgets/requests';
import { showStatus } from '../widgets/statusdialog';
import { inWorkspace } from './session';

const CATEGORY = 'DataLens';
const PANEL_PLUGIN = 'datalens-jupyter:panel';
const APPROVE_PLANS = 'approvePlans';

/** The panel in the right sidebar and its commands. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: PANEL_PLUGIN,
  description: 'The DataLens panel: ask questions of your data.',
  autoStart: true,
  requires: [IDataLens, IRenderMimeRegistry, IEditorServices],
  optional: [ILayoutRestorer, ICommandPalette, IThemeManager, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    datalens: IDataLens,
    rendermime: IRenderMimeRegistry,
    editorServices: IEditorServices,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    themes: IThemeManager | null,
    registry: ISettingRegistry | null
  ): void => {
    const { model } = datalens;
    const preview = async (query: string, isDraft = false) => {
      if (!model.session) {
        return;
      }
      try {
        const { id } = model.session;
        const mark = async (text: string, personal: boolean) => {
          try {
            const { marks } = await model.client.privacy(id);
            await model.client.setMarks(id, [...marks, { text, personal }]);
            return await model.client.preview(id, query, model.models.asked);
          } catch (reason) {
            model.fail(reason);
            return null;
          }
        };
        const first = await model.client.preview(id, query, model.models.asked);
        const askable = isDraft && !model.conversation.busy;
        if (await showPreview(first, mark, askable)) {
          if (await model.conversation.ask(query)) {
            panel.draft = '';
          }
        }
      } catch (reason) {
        model.fail(reason);
      }
    };
    const requests = async (runId: string, query: string) => {
      try {
        const sent = await model.client.requests(runId);
        await (sent.requests.length ? showRequest(sent.requests) : preview(query));
      } catch (reason) {
        model.fail(reason);
      }
    };
    const tab = new TabMemory<{ open: boolean }>(inWorkspace(app, PANEL_PLUGIN));
    const wasOpen = tab.recall()?.open === true;
    const panel = new DataLensPanel({
      model,
      onShown: open => tab.keep({ open }),
      drawing: { rendermime, editors: editorServices.factoryService, themes },
      localPath: path => app.serviceManager.contents.localPath(path),
      actions: {
        preview: query => void preview(query),
        requests: (runId, query) => void requests(runId, query),
        insertInNotebook: runId =>
          datalens.notebook?.insert(runId) ?? Promise.resolve(false),
        openWorkspace: (runId, artifactId) => {
          const tab = artifactId === undefined ? 'code' : `chart-${artifactId}`;
          const newest = model.conversation.runs[model.conversation.runs.length - 1]?.id;
          const run = runId === newest ? null : runId; // it follows what is asked next
          void app.commands.execute(CommandIDs.workspace, { run, tab });
        },
        hasWorkspace: () => app.commands.hasCommand(CommandIDs.workspace),
        explainStatus: () => {
          if (model.status) {
            void showStatus(model.status, model);
          }
        },
        openMenu: anchor => {
          const { left, bottom } = anchor.getBoundingClientRect();
          menu.open(left, bottom);
        }
      }
    });
    const menu = panelMenu({
      model,
      pictures: datalens.pictures,
      chooseFile: () => panel.chooseFile(),
      preview: () => {
        const draft = panel.draft.trim();
        void preview(draft || lastQuestion() || 'Describe the data', draft !== '');
      },
      approvePlans: registry
        ? approve => {
            // At once: a question may be sent before Lab has kept the setting.
            model.conversation.approvePlans = approve;
            void registry.set(PANEL_PLUGIN, APPROVE_PLANS, approve);
          }
        : null
    });
    const lastQuestion = () =>
      [...model.conversation.runs].reverse().find(run => run.query)?.query;

    app.shell.add(panel, 'right', { rank: 100, type: 'DataLens' });
    restorer?.add(panel, 'datalens-panel');
    if (wasOpen) {
      // Lab's layout may be older: it is written a while after each change.
      void app.restored.then(() => panel.isVisible || app.shell.activateById(panel.id));
    }
    void registry?.load(PANEL_PLUGIN).then(async settings => {
      const read = () => {
        model.conversation.approvePlans = settings.get(APPROVE_PLANS).composite === true;
      };
      settings.changed.connect(read, panel);
      read();
      if (settings.get('openAtStart').composite === true) {
        await show(app, panel);
      }
    });

    addCommands(app, datalens, panel);
    for (const command of [CommandIDs.open, CommandIDs.ask, CommandIDs.stop]) {
      palette?.addItem({ command, category: CATEGORY });
    }
  }
};

/** Show the panel, and not before Lab has laid out the page: that would hide it again. */
async function show(app: JupyterFrontEnd, panel: DataLensPanel): Promise<void> {
  await app.restored;
  app.shell.activateById(panel.id);
}

function addCommands(
  app: JupyterFrontEnd,
  { model }: IDataLens,
  panel: DataLensPanel
): void {
  const noArguments = { args: { type: 'object', properties: {} } } as const;
  app.commands.addCommand(CommandIDs.open, {
    label: args => (args.isLauncher ? 'DataLens' : 'Open DataLens'),
    caption: 'Ask questions of your data',
    icon: dataLensIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          isLauncher: { type: 'boolean', description: 'Named for a card of the launcher' }
        }
      }
    },
    execute: () => show(app, panel)
  });
  app.commands.addCommand(CommandIDs.ask, {
    label: 'Ask DataLens',
    caption: 'Type a question of your data',
    describedBy: {
      args: {
        type: 'object',
        properties: {
          question: { type: 'string', description: 'Words for the composer' }
        }
      }
    },
    execute: async args => {
      await show(app, panel);
      if (typeof args.question === 'string') {
        panel.draft = args.question;
      }
      window.requestAnimationFrame(() => panel.focusComposer());
    }
  });
  app.commands.addCommand(CommandIDs.stop, {
    label: 'Stop the DataLens run',
    describedBy: noArguments,
    isEnabled: () => model.conversation.running !== null,
    execute: () => model.conversation.stop()
  });
  app.commands.addCommand(CommandIDs.analyze, {
    label: 'Open in DataLens',
    icon: dataLensIcon,
    describedBy: {
      args: {
        type: 'object',
        required: ['paths'],
        properties: {
          paths: {
            type: 'array',
            items: { type: 'string' },
            description: 'Paths below the root of the server'
          }
        }
      }
    },
    execute: async args => {
      await show(app, panel);
      const paths = Array.isArray(args.paths) ? args.paths.map(String) : [];
      await panel.add(paths.map(path => ({ path })));
    }
  });
  model.changed.connect(() => app.commands.notifyCommandChanged(CommandIDs.stop), panel);
}
