import { Notification } from '@jupyterlab/apputils';

import type { Artifact, ExportFormat } from '../api/types';
import { artifactsOf } from '../model/run';
import type { SessionModel } from '../model/session';
import { isMap } from '../safety/maps';
import type { IChartPictures } from '../tokens';

const MOMENT_MS = 300;
const WRITING = {
  ipynb: 'Writing the notebook…',
  html: 'Writing the web page…',
  pdf: 'Writing the PDF…'
};

/** Hands out the analysis as a file, once its charts have been drawn for it. */
export async function exportSession(
  model: SessionModel,
  pictures: IChartPictures,
  format: ExportFormat
): Promise<void> {
  const { session } = model;
  if (!session) {
    return;
  }
  const note = new Note();
  try {
    const charts = chartsFor(model, format);
    await pictures.keep(charts, place =>
      note.say(`Drawing chart ${place} of ${charts.length}…`)
    );
    note.say(WRITING[format]);
    const { name, content } = await model.client.export(session.id, format);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (reason) {
    model.fail(reason);
  } finally {
    note.close();
  }
}

/** The charts that are pictures in the file: in a web page only maps, as they would fetch. */
function chartsFor(model: SessionModel, format: ExportFormat): Artifact[] {
  const charts = model.conversation.runs.flatMap(run => artifactsOf(run, 'chart'));
  return format === 'html' ? charts.filter(drawsMap) : charts;
}

function drawsMap({ content }: Artifact): boolean {
  const data = (content as { data?: unknown } | null)?.data;
  return Array.isArray(data) && data.some(trace => isMap(trace?.type));
}

/** What is going on, as Lab says it, if it takes longer than a moment. */
class Note {
  say(message: string): void {
    this._message = message;
    if (this._id !== null) {
      Notification.update({ id: this._id, message });
    }
  }

  close(): void {
    window.clearTimeout(this._timer);
    if (this._id !== null) {
      Notification.dismiss(this._id);
    }
  }

  private _message = '';
  private _id: string | null = null;
  private _timer = window.setTimeout(() => {
    this._id = Notification.emit(this._message, 'in-progress', { autoClose: false });
  }, MOMENT_MS);
}
