/** The mark: a wire that reaches its end. */
export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 26 26" fill="none" aria-hidden="true">
      <rect width="26" height="26" rx="7" fill="#0f636a" />
      <path
        d="M5.5 13h3.2l2.2-5 3.6 10 2.3-5h1.4"
        stroke="#fff"
        strokeWidth="1.9"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="20" cy="13" r="1.9" fill="#7fe3d4" />
    </svg>
  );
}
