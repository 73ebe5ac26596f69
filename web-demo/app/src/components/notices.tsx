import type { Notice } from "../lib/model";

export function Notices({ notices }: { notices: readonly Notice[] }) {
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, tone }) => (
        <div key={id} className={`notice notice-${tone}`} data-testid="notice">
          {text}
        </div>
      ))}
    </div>
  );
}
