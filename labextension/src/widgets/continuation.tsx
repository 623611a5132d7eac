import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

interface IContinuationOptions {
  /** Null where this server does not have the analysis. */
  onContinue: (() => void) | null;
  onDismiss: () => void;
}

/** A line above a notebook that was exported: go on with its analysis, or why that can't be. */
export class Continuation extends ReactWidget {
  constructor(private _options: IContinuationOptions) {
    super();
    this.addClass('dl-continuation');
    this.node.dataset.testid = 'datalens-continuation';
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'The analysis of this notebook');
  }

  protected render(): JSX.Element {
    const { onContinue, onDismiss } = this._options;
    return (
      <>
        <span>
          {onContinue
            ? 'This notebook is an analysis of yours in DataLens.'
            : 'This analysis is not on this server. To go on, open its data in a new one.'}
        </span>
        {onContinue && (
          <button type="button" onClick={onContinue}>
            Continue it
          </button>
        )}
        <button type="button" onClick={onDismiss}>
          Dismiss
        </button>
      </>
    );
  }
}
