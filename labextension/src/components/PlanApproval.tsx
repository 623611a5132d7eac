import React, { useEffect, useId, useRef, useState } from 'react';

import type { IRunState } from '../model/run';
import { useActions, useDataLens } from './context';

/** A plan that waits for the user's word: no code runs before. */
export function PlanApproval({ run }: { run: IRunState }): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const [deciding, setDeciding] = useState(false);
  const group = useRef<HTMLElement>(null);
  const id = useId();
  // Whoever only waits for it is taken here, not onto a button: a key too many approves nothing.
  useEffect(() => {
    const focused = document.activeElement;
    if (focused instanceof HTMLTextAreaElement && focused.value === '') {
      const panel = group.current!.closest('.dl-panel');
      if (panel?.contains(focused)) {
        group.current!.focus();
      }
    }
  }, []);
  const decide = async (approve: boolean) => {
    setDeciding(true);
    if (!(await model.conversation.decidePlan(run, approve))) {
      setDeciding(false);
    } else if (!approve) {
      actions.edit(run.query ?? '');
    }
  };
  return (
    <section
      ref={group}
      className="dl-approval"
      data-testid="datalens-plan-approval"
      aria-labelledby={id}
      tabIndex={-1}
    >
      <p id={id}>This is the plan. No code runs before you approve it.</p>
      <ol>
        {run.plan?.steps.map((step, index) => (
          <li key={index}>{step}</li>
        ))}
      </ol>
      <p className="dl-choices">
        <button
          type="button"
          className="dl-primary"
          title="Run the plan as it stands"
          disabled={deciding}
          onClick={() => void decide(true)}
        >
          Approve
        </button>
        <button
          type="button"
          className="dl-link"
          title="Do not run it; your question is yours to change"
          disabled={deciding}
          onClick={() => void decide(false)}
        >
          Change the question
        </button>
      </p>
    </section>
  );
}
