export interface SparklineProps {
  values: number[];
  /** What the line says, in words. */
  label: string;
  tone?: "accent" | "bad";
  width?: number;
  height?: number;
}

/** A small line without axes. */
export function Sparkline({ values, label, tone = "accent", width = 96, height = 24 }: SparklineProps) {
  const max = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map(
    (value, index) =>
      `${(index * step).toFixed(1)},${(height - 2 - (value / max) * (height - 4)).toFixed(1)}`,
  );
  const colour = tone === "bad" ? "var(--cw-bad)" : "var(--cw-accent)";
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {points.length < 2 ? null : (
        <>
          <polygon
            points={`0,${height} ${points.join(" ")} ${width},${height}`}
            fill={colour}
            opacity="0.12"
          />
          <polyline
            points={points.join(" ")}
            fill="none"
            stroke={colour}
            strokeWidth="1.5"
            strokeLinejoin="round"
          />
        </>
      )}
    </svg>
  );
}
