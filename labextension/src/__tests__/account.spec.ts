import { ApiError } from '../api/error';
import type { AuthStatus } from '../api/types';
import { Account } from '../model/account';

const NOBODY: AuthStatus = {
  required: true,
  user_id: null,
  email: null,
  expired: false,
  confirm: false
};
const ANN: AuthStatus = { ...NOBODY, user_id: 'u', email: 'ann@example.com' };

function account(answer: AuthStatus | ApiError, before: AuthStatus = NOBODY) {
  const entered: string[] = [];
  const made = new Account({
    client: {
      auth: async () => before,
      enter: async () => {
        if (answer instanceof ApiError) {
          throw answer;
        }
        return answer;
      },
      signOut: async () => NOBODY
    },
    onEntered: async () => void entered.push('entered'),
    onChange: () => undefined
  });
  return { made, entered };
}

describe('signing in', () => {
  it('is asked for only where the history is a team’s', async () => {
    const { made } = account(ANN, { ...NOBODY, required: false, user_id: 'local' });
    expect(made.needed).toBe(false);
    await made.load();
    expect([made.needed, made.canLeave]).toEqual([false, false]);
  });

  it('goes on with what was there', async () => {
    const { made, entered } = account(ANN);
    await made.load();
    expect(made.needed).toBe(true);
    expect(await made.enter('sign-in', 'ann@example.com', 'p')).toBe(true);
    expect([made.needed, made.canLeave, made.busy]).toEqual([false, true, false]);
    expect(entered).toEqual(['entered']);
  });

  it('says why it did not work, and can be tried again', async () => {
    const { made, entered } = account(new ApiError('SIGN_IN_REFUSED', 'Try again.'));
    await made.load();
    expect(await made.enter('sign-in', 'ann@example.com', 'p')).toBe(false);
    expect(made.error?.message).toBe('Try again.');
    expect([made.needed, made.busy, entered.length]).toEqual([true, false, 0]);
  });

  it('waits for an email that has to be confirmed', async () => {
    const { made, entered } = account({ ...NOBODY, confirm: true });
    expect(await made.enter('sign-up', 'ann@example.com', 'p')).toBe(true);
    expect([made.needed, made.status?.confirm, entered.length]).toEqual([true, true, 0]);
  });

  it('knows the errors that ask for it', () => {
    const codes = ['SESSION_EXPIRED', 'AUTHENTICATION_REQUIRED', 'ACCESS_DENIED'];
    expect(codes.map(code => Account.isMissing(new ApiError(code, '')))).toEqual([
      true,
      true,
      false
    ]);
  });

  it('is noticed when it was done in another tab', async () => {
    const now = [NOBODY, NOBODY, ANN, ANN];
    const entered: string[] = [];
    const made = new Account({
      client: {
        auth: async () => now.shift()!,
        enter: async () => ANN,
        signOut: async () => NOBODY
      },
      onEntered: async () => void entered.push('entered'),
      onChange: () => undefined
    });
    for (const done of [0, 0, 1, 1]) {
      await made.load();
      expect([entered.length, made.needed]).toEqual([done, done === 0]);
    }
  });
});
