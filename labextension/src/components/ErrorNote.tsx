import React from 'react';

interface IErrorNoteProps {
  message: string;
  /** What it is about, a file for one. */
  about?: string;
  /** Why, where more is known than the message says. */
  reason?: string;
  /** What did not change. */
  kept?: string;
  /** What is worth knowing only when one looks into it. */
  detail?: string;
  /** What support asks for. */
  reference?: string;
  /** An error of right now is announced; others belong to a run. */
  urgent?: boolean;
  onRetry?: () => void;
  /** What the button for it says. */
  retry?: string;
  onDismiss?: () => void;
}

/** What happened, what is kept, what to do; the request's id is one click away. */
export function ErrorNote(props: IErrorNoteProps): JSX.Element {
  const { message, about, reason, kept, detail, reference, onRetry, onDismiss } = props;
  const retry = props.retry ?? 'Try again';
  const urgent = props.urgent ?? onDismiss !== undefined;
  return (
    <div
      className="dl-error"
      role={urgent ? 'alert' : undefined}
      data-testid="datalens-error"
    >
      {about && <div className="dl-error-about">{about}</div>}
      <div className="dl-error-message">
        <span>{[message, reason, kept].filter(Boolean).join(' ')}</span>
        <span className="dl-error-actions">
          {onRetry && (
            <button type="button" className="dl-link" onClick={onRetry}>
              {retry}
            </button>
          )}
          {onDismiss && (
            <button type="button" className="dl-link" onClick={onDismiss}>
              Dismiss
            </button>
          )}
        </span>
      </div>
      {(detail || reference) && (
        <details>
          <summary>Details</summary>
          {detail && <div>{detail}</div>}
          {reference && <div className="dl-reference">Reference: {reference}</div>}
        </details>
      )}
    </div>
  );
}
