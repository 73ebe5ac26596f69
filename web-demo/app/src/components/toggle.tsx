import type { ReactElement } from "react";

/** A round button for something that is on or off; says what a press does. */
export function Toggle({ on, label, icons, onToggle, testId, shortcut, disabled = false }: {
  on: boolean;
  label: string;
  icons: readonly [on: ReactElement, off: ReactElement];
  onToggle: () => void;
  testId: string;
  shortcut?: string;
  disabled?: boolean;
}) {
  const action = `${on ? "Switch off" : "Switch on"} ${label.toLowerCase()}`;
  return (
    <button
      type="button"
      className={on ? "round" : "round off"}
      aria-pressed={on}
      aria-label={label}
      title={shortcut ? `${action} (${shortcut})` : action}
      data-testid={testId}
      data-on={on}
      disabled={disabled}
      onClick={onToggle}
    >
      {icons[on ? 0 : 1]}
    </button>
  );
}
