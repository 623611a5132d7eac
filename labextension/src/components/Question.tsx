import React from 'react';

import { fullTime } from '../model/format';

export function Question({ text, at }: { text: string; at?: string }): JSX.Element {
  return (
    <div
      className="dl-question"
      data-testid="datalens-message-user"
      dir="auto"
      title={at ? fullTime(at) : undefined}
    >
      {text}
    </div>
  );
}
