import React, { useId, useState } from 'react';

import type { IOption } from '../model/reading';

interface IChoiceProps {
  label: string;
  options: IOption[];
  /** What was decided; null where it is found out. */
  decided: string | null;
  /** What was found, in words; null where somebody decided, so that it was not looked for. */
  found: string | null;
  onDecide: (value: string | null) => void;
  disabled?: boolean;
  /** What else can be typed. */
  other?: IOtherValue;
}

interface IOtherValue {
  label: string;
  /** What is typed as the value it stands for; null while it stands for none. */
  parse: (text: string) => string | null;
  /** A value as it is typed. */
  print: (value: string) => string;
  input: React.InputHTMLAttributes<HTMLInputElement>;
}

const FIND = 'find';
const OTHER = 'other';

/** One decision on how a file is read: found out, one of the usual ones, or typed. */
export function Choice(props: IChoiceProps): JSX.Element {
  const { label, options, decided, found, onDecide, disabled, other } = props;
  const usual = options.some(option => option.value === decided);
  const [typing, setTyping] = useState(decided !== null && !usual);
  const id = useId();
  const selected = decided === null && !typing ? FIND : typing ? OTHER : `=${decided}`;
  return (
    <div className="dl-choice">
      <label htmlFor={id}>{label}</label>
      <span className="dl-choice-controls">
        <select
          id={id}
          value={selected}
          disabled={disabled}
          title={`${label}: how this file is read`}
          onChange={({ target: { value } }) => {
            setTyping(value === OTHER);
            onDecide(value.startsWith('=') ? value.slice(1) : null);
          }}
        >
          <option value={FIND}>{found === null ? 'Find out again' : found}</option>
          {options
            .filter(option => option.label !== found)
            .map(option => (
              <option key={option.value} value={`=${option.value}`}>
                {option.label}
              </option>
            ))}
          {other && <option value={OTHER}>{other.label}…</option>}
        </select>
        {other && typing && (
          <input
            {...other.input}
            aria-label={other.label}
            title={other.label}
            disabled={disabled}
            defaultValue={decided === null ? '' : other.print(decided)}
            onChange={event => onDecide(other.parse(event.target.value))}
          />
        )}
      </span>
    </div>
  );
}
