import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

interface IDisclosureProps {
  label: string;
  /** What there is to know without opening it. */
  summary?: React.ReactNode;
  title?: string;
  testId?: string;
  /** Drawn only while it is open. */
  children: React.ReactNode;
}

/** A line that opens: what most people never need, one click away. */
export function Disclosure(props: IDisclosureProps): JSX.Element {
  const { label, summary, title, testId, children } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="dl-disclosure" data-testid={testId}>
      <button
        type="button"
        className="dl-disclosure-head"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        title={title}
        onClick={() => setOpen(!open)}
      >
        <Caret.react tag="span" width="16px" height="16px" />
        <span className="dl-disclosure-words">
          {label}
          {summary && <span className="dl-muted"> {summary}</span>}
        </span>
      </button>
      {open && (
        <div id={id} className="dl-disclosure-body">
          {children}
        </div>
      )}
    </div>
  );
}
