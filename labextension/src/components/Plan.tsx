import { checkIcon } from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import { type IRunState, isRunning } from '../model/run';

/** The plan, its steps ticked one by one; folded to its length once the run is done. */
export function Plan({ run }: { run: IRunState }): JSX.Element {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const running = isRunning(run);
  const open = chosen ?? running;
  const steps = run.plan?.steps ?? [];
  const id = useId();
  return (
    <section className={open ? 'dl-plan dl-open' : 'dl-plan'} data-testid="datalens-plan">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setChosen(!open)}
      >
        Plan {steps.length}
      </button>
      <ol id={id} hidden={!open}>
        {steps.map((step, index) => {
          const done = index < run.planDone;
          const current = running && index === run.planDone;
          return (
            <li key={index} aria-current={current ? 'step' : undefined}>
              <span className="dl-tick" role="img" aria-label={done ? 'Done' : 'To do'}>
                {done ? (
                  <checkIcon.react tag="span" width="14px" height="14px" />
                ) : (
                  index + 1
                )}
              </span>
              {step}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
