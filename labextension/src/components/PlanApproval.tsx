import React, { useEffect, useId, useRef, useState } from 'react';

import type { IRunState } from '../model/run';
import { useActions, useDataLens } from './context';

/** A plan that waits for the user's word, as it stands or with steps of theirs: no code runs before. */
export function PlanApproval({ run }: { run: IRunState }): JSX.Element {
  const { model } = useDataLens();
  const actions = useActions();
  const [deciding, setDeciding] = useState(false);
  const [written, setWritten] = useState<string | null>(null);
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
  const planned = run.plan?.steps ?? [];
  const steps = written === null ? null : stepsIn(written);
  // Offline rules follow the question alone.
  const changeable = written === null && model.status?.llm.offline === false;
  const decide = async (approve: boolean) => {
    setDeciding(true);
    if (!(await model.conversation.decidePlan(run, approve, approve ? steps : null))) {
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
      {written === null ? (
        <ol>
          {planned.map((step, index) => (
            <li key={index}>{step}</li>
          ))}
        </ol>
      ) : (
        <textarea
          aria-label="Steps of the plan, one a line"
          title="One step a line"
          rows={planned.length + 1}
          value={written}
          autoFocus
          disabled={deciding}
          onChange={event => setWritten(event.target.value)}
        />
      )}
      <p className="dl-choices">
        <button
          type="button"
          className="dl-primary"
          title="Run the plan as it stands here"
          disabled={deciding || steps?.length === 0}
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
        {changeable && (
          <button
            type="button"
            className="dl-link"
            title="Write the steps as you want them"
            disabled={deciding}
            onClick={() => setWritten(planned.join('\n'))}
          >
            Change the steps
          </button>
        )}
      </p>
    </section>
  );
}

/** One step a line; empty lines are none. */
function stepsIn(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
}
