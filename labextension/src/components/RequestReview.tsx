import React, { useId, useState } from 'react';

import type { IRunState } from '../model/run';
import { showRequest } from '../widgets/requests';
import { useDataLens } from './context';

/** A request that waits for the user's word before it goes to the model. */
export function RequestReview({ run }: { run: IRunState }): JSX.Element {
  const { model } = useDataLens();
  const [deciding, setDeciding] = useState(false);
  const id = useId();
  const number = run.review!;
  const decide = async (send: boolean) => {
    setDeciding(true);
    try {
      await model.client.decideRequest(run.id, number, send);
    } catch (reason) {
      model.fail(reason);
    } finally {
      setDeciding(false);
    }
  };
  const look = async () => {
    try {
      const { requests } = await model.client.requests(run.id);
      await showRequest(requests, number);
    } catch (reason) {
      model.fail(reason);
    }
  };
  return (
    <section
      className="dl-approval"
      data-testid="datalens-request-review"
      aria-labelledby={id}
    >
      <p id={id}>Request {number} to the model waits for your word.</p>
      <p className="dl-choices">
        <button
          type="button"
          className="dl-primary"
          title="Send it as it is shown"
          disabled={deciding}
          onClick={() => void decide(true)}
        >
          Send
        </button>
        <button
          type="button"
          className="dl-link"
          title="See exactly what would be sent"
          onClick={() => void look()}
        >
          Look at it
        </button>
        <button
          type="button"
          className="dl-link"
          title="Do not send it, and end this run"
          disabled={deciding}
          onClick={() => void decide(false)}
        >
          Do not send
        </button>
      </p>
    </section>
  );
}
