import React from 'react';

interface IErrorNoteProps {
  message: string;
  /** What support asks for. */
  reference?: string;
  reason?: string;
  /** Given for an error of right now, which is announced; others belong to a run. */
  onDismiss?: () => void;
}

/** What happened, what is kept, what to do; the request's id is one click away. */
export function ErrorNote(props: IErrorNoteProps): JSX.Element {
  const { message, reference, reason, onDismiss } = props;
  return (
    <div
      className="dl-error"
      role={onDismiss ? 'alert' : undefined}
      data-testid="datalens-error"
    >
      <div className="dl-error-message">
        <span>{message}</span>
        {onDismiss && (
          <button type="button" className="dl-link" onClick={onDismiss}>
            Dismiss
          </button>
        )}
      </div>
      {(reference || reason) && (
        <details>
          <summary>Details</summary>
          {reason && <div>{reason}</div>}
          {reference && <div className="dl-reference">Reference: {reference}</div>}
        </details>
      )}
    </div>
  );
}
