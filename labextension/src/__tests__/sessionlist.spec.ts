import type { Session, SessionPage } from '../api/types';
import { byDate, SessionList } from '../model/sessionlist';

function session(id: string, last_activity = '2026-11-23T12:00:00Z'): Session {
  return {
    id,
    user_id: 'local',
    title: id,
    created_at: last_activity,
    last_activity,
    sandbox_id: null,
    dataset_schema: null,
    dataset_names: [],
    message_count: 0
  };
}

describe('the list of sessions', () => {
  let asked: { search: string; after?: string; answer: (page: SessionPage) => void }[];
  let list: SessionList;

  beforeEach(() => {
    asked = [];
    list = new SessionList({
      client: {
        sessions: (search = '', after) =>
          new Promise(answer => asked.push({ search, after, answer }))
      },
      onChange: () => undefined
    });
  });

  const ids = () => list.sessions.map(s => s.id);

  it('goes on where the last page ended, and shows nobody twice', async () => {
    const first = list.load('');
    asked[0].answer({ sessions: [session('a'), session('b')], next: 'b' });
    await first;
    const second = list.more();
    expect(list.loading).toBe(true);
    void list.more(); // a second click asks for nothing more
    asked[1].answer({ sessions: [session('b'), session('c')], next: null });
    await second;
    expect(asked.map(a => a.after)).toEqual([undefined, 'b']);
    expect([ids(), list.hasMore, list.loading]).toEqual([['a', 'b', 'c'], false, false]);
  });

  it('shows what is searched now, however late the answer to another search comes', async () => {
    const older = list.load('rev');
    const newer = list.load(' revenue ');
    asked[1].answer({ sessions: [session('revenue')], next: null });
    asked[0].answer({ sessions: [session('review')], next: null });
    await Promise.all([older, newer]);
    expect(asked[1].search).toBe('revenue');
    expect(ids()).toEqual(['revenue']);
  });

  it('shows nothing of whoever signed out, not even what was still on its way', async () => {
    const mine = list.load('');
    list.clear();
    asked[0].answer({ sessions: [session('mine')], next: 'mine' });
    await mine;
    expect([ids(), list.hasMore, list.loading]).toEqual([[], false, false]);
  });

  it('is told by days first, then by months', () => {
    const now = new Date(2026, 10, 24, 15);
    const at = (...date: [number, number, number, number]) =>
      session('x', new Date(...date).toISOString());
    const groups = byDate(
      [
        at(2026, 10, 24, 0),
        at(2026, 10, 23, 23),
        at(2026, 10, 20, 12),
        at(2026, 10, 2, 12),
        at(2026, 10, 1, 12),
        at(2025, 10, 24, 12)
      ],
      now
    );
    expect(groups.map(g => [g.title, g.sessions.length])).toEqual([
      ['Today', 1],
      ['Yesterday', 1],
      ['This week', 1],
      ['November', 2],
      ['November 2025', 1]
    ]);
    expect(byDate([])).toEqual([]);
  });
});
