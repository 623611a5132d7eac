import React, { useRef, useState } from 'react';

import { type IStatusPart, statusParts } from '../model/statusparts';
import { useActions, useDataLens } from './context';
import { ModelChooser } from './ModelChooser';

/** Who answers, where code runs, what leaves this machine; each part explains itself. */
export function StatusLine(): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const [choosing, setChoosing] = useState(false);
  const chooser = useRef<HTMLButtonElement>(null);
  const { status, connected, models } = model;
  if (!connected) {
    return (
      <div className="dl-status" data-testid="datalens-status" role="status">
        <span className="dl-dot dl-dot-warn" /> Connection lost; trying again. The run
        goes on.
      </div>
    );
  }
  if (!status) {
    return (
      <div className="dl-status" data-testid="datalens-status">
        <span className="dl-muted">Asking the server what works here…</span>
      </div>
    );
  }
  const parts = statusParts(status, models.current ?? undefined);
  const warn = parts.some(part => part.warn);
  const close = () => {
    setChoosing(false);
    chooser.current?.focus();
  };
  const button = ({ key, label, detail }: IStatusPart) =>
    key === 'model' && models.offered ? (
      <button
        ref={chooser}
        type="button"
        title={`${detail} Choose another model.`}
        aria-haspopup="dialog"
        aria-expanded={choosing}
        onClick={() => setChoosing(!choosing)}
      >
        {label}
      </button>
    ) : (
      <button type="button" title={detail} onClick={() => actions.explainStatus()}>
        {label}
      </button>
    );
  return (
    <div
      className="dl-status"
      data-testid="datalens-status"
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) {
          setChoosing(false);
        }
      }}
    >
      <span className={warn ? 'dl-dot dl-dot-warn' : 'dl-dot'} aria-hidden="true" />
      <ul aria-label="How DataLens works here">
        {parts.map(part => (
          <li key={part.key}>{button(part)}</li>
        ))}
      </ul>
      {choosing && (
        <ModelChooser
          models={models}
          onClose={close}
          onNone={() => {
            close();
            actions.explainStatus();
          }}
        />
      )}
    </div>
  );
}
