import { ApiError } from '../api/error';
import type { IUploadOptions, UploadSource } from '../api/upload';
import { Measurements } from '../model/measurements';
import { Uploads } from '../model/uploads';
import { dataset } from './datasets';
import { numbered } from './events';

interface ISent {
  path: string;
  replaces: string | null | undefined;
}

describe('files on their way in', () => {
  let sent: ISent[];
  let refusal: ApiError | null;
  let uploads: Uploads;

  beforeEach(() => {
    sent = [];
    refusal = null;
    const upload = async (source: UploadSource, options: IUploadOptions) => {
      sent.push({
        path: 'path' in source ? source.path : source.file.name,
        replaces: options.replaces
      });
      if (refusal) {
        throw refusal;
      }
      return {};
    };
    uploads = new Uploads({
      client: { upload } as never,
      sessionId: () => 's',
      datasets: () => [dataset()],
      limitMb: () => 1,
      onUploaded: async () => undefined,
      onChange: () => undefined
    });
  });

  const decide = async (decision: 'replace' | 'both' | 'neither') => {
    const done = uploads.add({ path: 'folder/orders.csv' });
    await Promise.resolve();
    expect(uploads.sameName?.dataset.id).toBe('d');
    uploads.sameName?.decide(decision);
    await done;
    expect(uploads.sameName).toBeNull();
  };

  it('a name that is taken is a newer version, another file, or left alone', async () => {
    await decide('neither');
    expect(sent).toEqual([]);
    await decide('both');
    await decide('replace');
    expect(sent.map(s => s.replaces)).toEqual([null, 'd']);
  });

  it('nothing waits for an answer to a session that was left', async () => {
    const done = uploads.add({ path: 'orders.csv' });
    await Promise.resolve();
    uploads.leave();
    await done;
    expect(sent).toEqual([]);
  });

  it('each refused file is told of by its name, until it is dismissed', async () => {
    refusal = new ApiError('FILE_EMPTY', 'File contains no data.');
    await Promise.all([uploads.add({ path: 'a.csv' }), uploads.add({ path: 'b.csv' })]);
    expect(uploads.refused.map(file => [file.name, file.retry])).toEqual([
      ['a.csv', null],
      ['b.csv', null]
    ]);
    uploads.dismiss(uploads.refused[0].id);
    expect(uploads.refused.map(file => file.name)).toEqual(['b.csv']);
  });

  it('what was not the fault of the file can be tried again, as what it was', async () => {
    refusal = ApiError.offline();
    await uploads.add({ path: 'new.csv' }, 'd');
    refusal = null;
    uploads.refused[0].retry?.();
    await uploads.add({ path: 'later.csv' });
    expect(sent.map(s => s.replaces)).toEqual(['d', 'd', null]);
    expect(uploads.refused).toEqual([]);
  });

  it('a file that is too large is not sent at all', async () => {
    const file = new File([new Uint8Array(1024 * 1024 + 1)], 'large.csv');
    await uploads.add({ file });
    expect(sent).toEqual([]);
    expect(uploads.refused[0].error.message).toBe('File size exceeds 1MB limit.');
  });
});

describe('the figures of a file', () => {
  const figures = {
    row_count: 3,
    duplicate_rows: 0,
    columns: [],
    key_candidates: [],
    warnings: []
  };
  const measured = {
    type: 'dataset.statistics',
    dataset_id: 'd',
    statistics: figures
  } as const;

  function measurements() {
    const readers = new Map<string, { onEvent: (event: never) => void }>();
    const found: string[] = [];
    const made = new Measurements({
      socket: {
        subscribe: (runId, _, reader) => readers.set(runId, reader as never),
        unsubscribe: runId => readers.delete(runId)
      },
      onMeasured: id => found.push(id),
      onChange: () => undefined
    });
    const tell = (runId: string, events: Parameters<typeof numbered>[1]) =>
      numbered(runId, events).forEach(e => readers.get(runId)?.onEvent(e as never));
    return { made, found, tell };
  }

  it('come after the upload, and are waited for until then', () => {
    const { made, found, tell } = measurements();
    made.follow('r', 'd');
    expect(made.isUnderway(dataset())).toBe(true);
    expect(made.isUnderway(dataset({ id: 'other' }))).toBe(false);
    tell('r', [measured, { type: 'run.completed' }]);
    expect(found).toEqual(['d']);
    expect(made.isUnderway(dataset())).toBe(false);
  });

  it('of how a file was read before are not taken for those of now', () => {
    const { made, found, tell } = measurements();
    made.follow('before', 'd');
    made.follow('now', 'd');
    tell('before', [measured]);
    expect(found).toEqual([]);
  });

  it('that did not come are said to be missing, and why', () => {
    const { made, tell } = measurements();
    made.follow('r', 'd');
    const error = { code: 'FILE_UNREADABLE', message: 'It took too long.' };
    tell('r', [{ type: 'run.failed', error }]);
    expect(made.failureOf(dataset())).toBe('It took too long.');
  });

  it('are known to be under way, so that a reload goes on waiting for them', () => {
    const { made, tell } = measurements();
    made.follow('r', 'd');
    expect(made.underway).toEqual({ r: 'd' });
    tell('r', [measured, { type: 'run.completed' }]);
    expect(made.underway).toEqual({});
  });
});
