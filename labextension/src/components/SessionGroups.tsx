import React, { memo } from 'react';

import type { Session } from '../api/types';
import { byDate } from '../model/sessionlist';
import { SessionItem } from './SessionItem';

interface ISessionGroupsProps {
  sessions: Session[];
  /** The one that the panel shows. */
  current: string | undefined;
  onOpen: (session: Session) => void;
  onRename: (session: Session, title: string) => void;
  onDelete: (session: Session) => void;
}

/** Analyses below the days of their last use. There may be thousands: only changes are drawn. */
export const SessionGroups = memo(function SessionGroups(
  props: ISessionGroupsProps
): JSX.Element {
  const { sessions: all, current, ...actions } = props;
  return (
    <>
      {byDate(all).map(({ title, sessions }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {sessions.map(session => (
              <SessionItem
                key={session.id}
                session={session}
                current={session.id === current}
                {...actions}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
});
