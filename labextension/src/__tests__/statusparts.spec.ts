import type { Status } from '../api/types';
import { statusParts } from '../model/statusparts';

function status(message: string): Status {
  return {
    llm: { provider: 'offline', model: 'rules', offline: true },
    sandbox: { backend: 'embedded', isolation: 'bubblewrap', ready: true, message: '' },
    store: { kind: 'supabase', local: false, message },
    local_only: false
  } as Status;
}

it('speaks of the history only while that does not hold everything', () => {
  const said = 'The history cannot be written right now.';
  expect(statusParts(status('')).map(part => part.key)).not.toContain('history');
  expect(statusParts(status(said)).filter(part => part.warn)).toEqual([
    { key: 'history', label: 'History not written', detail: said, warn: true }
  ]);
});
