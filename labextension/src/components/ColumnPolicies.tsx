import React, { useEffect, useState } from 'react';

import type { ColumnPolicy, ColumnPrivacy, Dataset, PrivacyReport } from '../api/types';
import { plural } from '../model/format';
import { POLICIES, policyTitle, reportSummary } from '../model/privacy';
import { useDataLens } from './context';

/** What may be sent of each column, and what was replaced so far. */
export function ColumnPolicies({ dataset }: { dataset: Dataset }): JSX.Element {
  const { model } = useDataLens();
  const [report, setReport] = useState<PrivacyReport | null>(null);
  const [saving, setSaving] = useState(false);
  const sessionId = model.session!.id;

  useEffect(() => {
    let current = true;
    model.client
      .privacy(sessionId)
      .then(found => current && setReport(found))
      .catch(reason => current && model.fail(reason));
    return () => {
      current = false;
    };
  }, [model, sessionId, dataset.sha256]);

  const change = async (answer: Promise<PrivacyReport>) => {
    setSaving(true);
    try {
      setReport(await answer);
    } catch (reason) {
      model.fail(reason);
    } finally {
      setSaving(false);
    }
  };
  if (!report) {
    return <p className="dl-muted">Looking at what may be sent…</p>;
  }
  const columns = report.columns.filter(column => column.dataset_id === dataset.id);
  return (
    <div
      className="dl-policies"
      data-testid="datalens-column-policies"
      aria-busy={saving}
    >
      {report.notices.map(notice => (
        <p key={notice} className="dl-warn">
          {notice}
        </p>
      ))}
      {report.can_agree && (
        <button
          type="button"
          className="dl-link"
          disabled={saving}
          onClick={() => void change(model.client.setPolicies(sessionId, [], true))}
        >
          Agree to what the project’s file asks for
        </button>
      )}
      {model.status?.llm.offline && (
        <p className="dl-muted">
          No model is set, so nothing is sent. This holds once one is.
        </p>
      )}
      {report.schema_only && (
        <p className="dl-muted">Names and types alone are sent, and no value.</p>
      )}
      <div className="dl-choices-grid">
        {columns.map(column => (
          <PolicyChoice
            key={column.column}
            column={column}
            disabled={saving}
            onPolicy={policy =>
              void change(
                model.client.setPolicies(sessionId, [
                  { column: column.column, policy, dataset_id: dataset.id }
                ])
              )
            }
          />
        ))}
      </div>
      {report.total > 0 && (
        <>
          <p className="dl-muted">
            {plural(report.total, 'value was', 'values were')} replaced before sending:
          </p>
          <ul className="dl-muted">
            {reportSummary(report.counts).map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface IPolicyChoiceProps {
  column: ColumnPrivacy;
  disabled: boolean;
  onPolicy: (policy: ColumnPolicy) => void;
}

function PolicyChoice({ column, disabled, onPolicy }: IPolicyChoiceProps): JSX.Element {
  const lowest = POLICIES.findIndex(policy => policy.value === column.required);
  return (
    <div className="dl-choice">
      <label htmlFor={`${column.dataset_id} ${column.column}`}>{column.column}</label>
      <span className="dl-choice-controls">
        <select
          id={`${column.dataset_id} ${column.column}`}
          value={column.policy}
          disabled={disabled}
          title={policyTitle(column)}
          onChange={event => onPolicy(event.target.value as ColumnPolicy)}
        >
          {POLICIES.map(({ value, label }, place) => (
            <option key={value} value={value} disabled={place < lowest}>
              {label}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}
