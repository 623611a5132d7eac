import React, { useState } from 'react';

import type { ColumnInfo, ColumnKind, Dataset, PlanChange } from '../api/types';
import { count, plural, readable } from '../model/format';
import { KINDS, kindWord } from '../model/reading';

/** Tables wider than a person reads are searched, and not drawn whole. */
const FEW = 40;
const MANY = 400;

interface IColumnTableProps {
  dataset: Dataset;
  /** With what is known of the values beyond the first few. */
  detailed?: boolean;
  /** What was decided of types, where they can be. */
  types?: PlanChange['types'];
  disabled?: boolean;
  onType?: (column: string, kind: ColumnKind | null) => void;
}

/** The columns of a data set. Values, empties and counts are of the sample, not of the file. */
export function ColumnTable(props: IColumnTableProps): JSX.Element {
  const { columns } = props.dataset.dataset_schema;
  const [search, setSearch] = useState('');
  const [all, setAll] = useState(false);
  const wanted = search.trim().toLowerCase();
  const found = columns.filter(column => column.name.toLowerCase().includes(wanted));
  const shown = found.slice(0, all ? MANY : FEW);
  return (
    <div className="dl-columns">
      {columns.length > FEW && (
        <input
          type="search"
          className="dl-search"
          aria-label="Find a column"
          title="Show only columns whose name holds this"
          placeholder={`Find one of ${count(columns.length)} columns`}
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
      )}
      <div className="dl-table-scroll" tabIndex={0} role="region" aria-label="Columns">
        <table>
          <Heads {...props} />
          <tbody>
            {shown.map((column, index) => (
              <Row key={`${index} ${column.name}`} column={column} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      {found.length > shown.length &&
        (all ? (
          <p className="dl-muted">
            {plural(found.length - shown.length, 'more column')}: type a part of a name.
          </p>
        ) : (
          <button type="button" className="dl-link" onClick={() => setAll(true)}>
            Show more columns
          </button>
        ))}
      {found.length === 0 && <p className="dl-muted">No column is named so.</p>}
    </div>
  );
}

function Heads({ detailed }: IColumnTableProps): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">Column</th>
        <th scope="col">Type</th>
        {detailed && (
          <>
            <th scope="col" className="dl-number">
              Empty
            </th>
            <th scope="col" className="dl-number">
              Distinct
            </th>
          </>
        )}
        <th scope="col" className="dl-values">
          First values
        </th>
      </tr>
    </thead>
  );
}

function Row(props: IColumnTableProps & { column: ColumnInfo }): JSX.Element {
  const { column, detailed, types, disabled, onType } = props;
  const { name, dtype } = column;
  const values = column.sample_values.map(readable).filter(Boolean).join(', ');
  return (
    <tr>
      <td title={name}>{name}</td>
      <td className="dl-muted" title={dtype}>
        {types && onType ? (
          <TypePicker
            name={name}
            found={kindWord(dtype)}
            decided={types[name] ?? null}
            before={props.dataset.changes.types[name] ?? null}
            disabled={disabled}
            onType={onType}
          />
        ) : (
          kindWord(dtype)
        )}
      </td>
      {detailed && (
        <>
          <td className="dl-muted dl-number">{count(column.null_count)}</td>
          <td className="dl-muted dl-number">{count(column.unique_count)}</td>
        </>
      )}
      <td className="dl-muted dl-values" title={values}>
        {values}
      </td>
    </tr>
  );
}

interface ITypePickerProps {
  name: string;
  found: string;
  /** What is decided, applied or not. */
  decided: ColumnKind | null;
  /** What was decided when the file was read. */
  before: ColumnKind | null;
  disabled?: boolean;
  onType: (column: string, kind: ColumnKind | null) => void;
}

/** A column's type; looks like a word until it is pointed at. */
function TypePicker(props: ITypePickerProps): JSX.Element {
  const { name, found, decided, before, disabled, onType } = props;
  const asFound = before === null ? found : 'find out again';
  const shown = KINDS.find(kind => kind.value === decided)?.label ?? asFound;
  return (
    <span className={decided === before ? 'dl-type' : 'dl-type dl-changed'}>
      <span aria-hidden="true">{shown}</span>
      <select
        aria-label={`Type of ${name}`}
        value={decided ?? ''}
        disabled={disabled}
        onChange={event =>
          onType(
            name,
            KINDS.find(kind => kind.value === event.target.value)?.value ?? null
          )
        }
      >
        <option value="">{asFound}</option>
        {KINDS.filter(kind => kind.label !== asFound).map(kind => (
          <option key={kind.value} value={kind.value}>
            {kind.label}
          </option>
        ))}
      </select>
    </span>
  );
}
