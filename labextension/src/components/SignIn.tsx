import React, { useEffect, useId, useRef, useState } from 'react';

import type { Way } from '../model/account';
import { useDataLens } from './context';

const WORDS: Record<Way, { submit: string; other: string }> = {
  'sign-in': { submit: 'Sign in', other: 'Make an account' },
  'sign-up': { submit: 'Make an account', other: 'Sign in instead' }
};

/** Signing in to a team's history. What was typed goes to the server alone. */
export function SignIn(): JSX.Element {
  const { account } = useDataLens().model;
  const [way, setWay] = useState<Way>('sign-in');
  const [email, setEmail] = useState(account.status?.email ?? '');
  const [password, setPassword] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const id = useId();
  const { expired, confirm } = account.status!;
  useEffect(() => {
    // Whoever was writing goes on here; nobody else is taken away from where they are.
    if (first.current!.closest('.dl-panel')?.contains(document.activeElement)) {
      first.current!.focus();
    }
  }, []);
  useEffect(() => {
    const look = () => void account.load(); // in another tab, it may be done by now
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [account]);
  return (
    <form
      className="dl-sign-in"
      data-testid="datalens-sign-in"
      aria-labelledby={`${id}-title`}
      onSubmit={event => {
        event.preventDefault();
        void account.enter(way, email, password).then(done => {
          setPassword('');
          if (done) {
            setWay('sign-in');
          }
        });
      }}
    >
      <p id={`${id}-title`}>
        {expired
          ? 'Session expired. Please log in again.'
          : 'Your team keeps its analyses in one place. Sign in to see yours.'}
      </p>
      {expired && (
        <p className="dl-muted">Nothing is lost: what runs goes on, and is kept.</p>
      )}
      <label htmlFor={`${id}-email`}>Email</label>
      <input
        ref={first}
        id={`${id}-email`}
        className="jp-mod-styled"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={event => setEmail(event.target.value)}
      />
      <label htmlFor={`${id}-password`}>Password</label>
      <input
        id={`${id}-password`}
        className="jp-mod-styled"
        type="password"
        autoComplete={way === 'sign-in' ? 'current-password' : 'new-password'}
        required
        value={password}
        onChange={event => setPassword(event.target.value)}
      />
      {account.error ? (
        <p className="dl-sign-in-error" role="alert" data-testid="datalens-error">
          {account.error.message}
        </p>
      ) : (
        confirm && (
          <p role="status">
            The account is made. Open the link that was sent to your email, then sign in.
          </p>
        )
      )}
      <p className="dl-choices">
        <button
          type="submit"
          className="dl-primary"
          title={`${WORDS[way].submit} with this email and password`}
          disabled={account.busy}
        >
          {account.busy ? 'One moment…' : WORDS[way].submit}
        </button>
        <button
          type="button"
          className="dl-link"
          title={way === 'sign-in' ? 'For the first time here' : 'If you have an account'}
          disabled={account.busy}
          onClick={() => setWay(way === 'sign-in' ? 'sign-up' : 'sign-in')}
        >
          {WORDS[way].other}
        </button>
      </p>
    </form>
  );
}
