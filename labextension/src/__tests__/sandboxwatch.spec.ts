import type { SandboxState } from '../api/types';
import { SandboxWatch } from '../model/sandboxwatch';

function setUp() {
  const watched: (string | null)[] = [];
  let hear: (state: SandboxState) => void = () => undefined;
  let changes = 0;
  const watch = new SandboxWatch({
    socket: {
      watch: (sessionId, onState) => {
        watched.push(sessionId);
        hear = onState;
      }
    },
    onChange: () => (changes += 1)
  });
  const tell = (sandbox_id: string | null, reason = '') =>
    hear({ type: 'sandbox.state', session_id: 's', sandbox_id, reason });
  return { watch, watched, tell, changes: () => changes };
}

describe('the sandbox of the session that is shown', () => {
  it('is said to be put away, and why, until there is one again', () => {
    const { watch, tell, changes } = setUp();
    watch.begin('s', 'box');
    tell('box');
    expect([watch.gone, changes()]).toEqual([null, 0]);
    tell(null, 'It was not used for 5 minutes.');
    expect(watch.gone).toBe(
      'The sandbox was put away: it was not used for 5 minutes. Everything shown is kept. ' +
        'Ask, and your data and variables come back first.'
    );
    tell('another');
    expect([watch.gone, changes()]).toEqual([null, 2]);
  });

  it('is not missed where there was none', () => {
    const { watch, tell } = setUp();
    watch.begin('s', null);
    tell(null);
    expect(watch.gone).toBeNull();
  });

  it('is missed after a restart of the server, which knows of none', () => {
    const { watch, tell } = setUp();
    watch.begin('s', 'box');
    tell(null);
    expect(watch.gone).toContain('The sandbox has ended.');
  });

  it('is not spoken of any more once the session is left', () => {
    const { watch, watched, tell } = setUp();
    watch.begin('s', 'box');
    tell(null, 'It was idle.');
    watch.leave();
    expect([watch.gone, watched]).toEqual([null, ['s', null]]);
  });
});
