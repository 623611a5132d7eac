import { InputDialog } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { ExportFormat } from '../api/types';
import type { SessionModel } from '../model/session';
import type { IChartPictures } from '../tokens';
import { exportSession } from './exporting';

const NO_ARGUMENTS = { args: { type: 'object', properties: {} } } as const;

interface IPanelMenuOptions {
  model: SessionModel;
  pictures: IChartPictures;
  chooseFile: () => void;
  preview: () => void;
  /** Keeps whether plans wait for approval; null where settings cannot be kept. */
  approvePlans: ((approve: boolean) => void) | null;
}

/** What the panel's ⋯ offers; a menu of Lab's own kind. */
export function panelMenu(options: IPanelMenuOptions): Menu {
  const { model, pictures, chooseFile, preview, approvePlans } = options;
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  const add = (
    id: string,
    label: string,
    execute: () => void,
    isEnabled = () => true
  ) => {
    commands.addCommand(id, { label, execute, isEnabled, describedBy: NO_ARGUMENTS });
    menu.addItem({ command: id });
  };
  const hasSession = () => model.session !== null;
  const hasRuns = () => model.conversation.runs.length > 0;
  const exportAs = (format: ExportFormat, name: string) =>
    add(
      format,
      `Export as ${name}`,
      () => void exportSession(model, pictures, format),
      hasRuns
    );
  add('new', 'New analysis', () => model.startAnew(), hasSession);
  add('add', 'Add a data set…', chooseFile);
  add('rename', 'Rename…', () => void rename(model), hasSession);
  menu.addItem({ type: 'separator' });
  exportAs('ipynb', 'notebook');
  exportAs('html', 'web page');
  exportAs('pdf', 'PDF');
  menu.addItem({ type: 'separator' });
  if (approvePlans) {
    commands.addCommand('approve', {
      label: 'Show me each plan before code runs',
      isToggled: () => model.conversation.approvePlans,
      execute: () => approvePlans(!model.conversation.approvePlans),
      describedBy: NO_ARGUMENTS
    });
    menu.addItem({ command: 'approve' });
  }
  add('preview', 'See exactly what is sent', preview, hasSession);
  commands.addCommand('sign-out', {
    label: 'Sign out',
    isVisible: () => model.account.canLeave,
    execute: () => void model.signOut(),
    describedBy: NO_ARGUMENTS
  });
  menu.addItem({ command: 'sign-out' });
  return menu;
}

async function rename(model: SessionModel): Promise<void> {
  const { session } = model;
  if (session) {
    const { value } = await InputDialog.getText({
      title: 'Rename this analysis',
      text: session.title,
      okLabel: 'Rename'
    });
    if (value?.trim()) {
      await model.rename(session.id, value.trim());
    }
  }
}
