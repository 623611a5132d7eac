import type { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

interface IIconButtonProps {
  icon: LabIcon;
  /** Its name and tooltip. */
  label: string;
  onClick: (button: HTMLButtonElement) => void;
  disabled?: boolean;
  pressed?: boolean;
  menu?: boolean;
  testId?: string;
  className?: string;
}

export function IconButton(props: IIconButtonProps): JSX.Element {
  const { icon, label, onClick, disabled, pressed, menu, testId, className = '' } = props;
  return (
    <button
      type="button"
      className={`dl-icon-button ${className}`}
      title={label}
      aria-label={label}
      aria-expanded={pressed}
      aria-haspopup={menu ? 'menu' : undefined}
      disabled={disabled}
      data-testid={testId}
      onClick={event => onClick(event.currentTarget)}
    >
      <icon.react tag="span" width="16px" height="16px" />
    </button>
  );
}
