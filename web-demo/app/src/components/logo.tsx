export function Logo({ small = false }: { small?: boolean }) {
  return (
    <span className={small ? "logo logo-small" : "logo"}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="currentColor" />
        <path
          className="logo-front"
          d="M8 9.500A2.500 2.500 0 0 1 10.500 7h8A2.500 2.500 0 0 1 21 9.500v5a2.500 2.500 0 0 1-2.500 2.500H13l-3.500 3v-3A1.500 1.500 0 0 1 8 15.500z"
        />
        <path
          className="logo-back"
          d="M23 12.500a2.500 2.500 0 0 1 2 2.450v5A2.050 2.050 0 0 1 23.500 22v3L20 22h-4.500a2.500 2.500 0 0 1-2.300-1.500l1-.9H19a4 4 0 0 0 4-4z"
        />
      </svg>
      <span className="logo-name">Parlance</span>
    </span>
  );
}
