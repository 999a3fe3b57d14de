import "@mantine/charts/styles.css";
import { AreaChart } from "@mantine/charts";
import { labelMoments } from "./label-moments.ts";

/** A line of a chart. */
export interface ChartSeries {
  name: string;
  label: string;
  /** A CSS colour or a colour of the theme. */
  color: string;
}

export interface TimeChartProps {
  /** One object per moment: `at` (RFC 3339) and a number per series; null leaves a gap. */
  data: Record<string, string | number | null>[];
  series: ChartSeries[];
  /** What the chart shows, in words. */
  label: string;
  height?: number;
}

function labelled(data: TimeChartProps["data"]): TimeChartProps["data"] {
  const labels = labelMoments(data.map(({ at }) => Date.parse(String(at))));
  return data.map((moment, n) => ({ ...moment, at: labels[n] ?? null }));
}

/** Counts over time. Loaded on its own, as charts are heavier than everything else. */
export function TimeChart({ data, series, label, height = 190 }: TimeChartProps) {
  return (
    <div role="img" aria-label={label}>
      <AreaChart
        h={height}
        data={labelled(data)}
        dataKey="at"
        series={series}
        curveType="monotone"
        withDots={false}
        connectNulls={false}
        strokeWidth={1.75}
        fillOpacity={0.14}
        withLegend={series.length > 1}
        legendProps={{ verticalAlign: "bottom", align: "left", height: 28 }}
        gridAxis="x"
        tickLine="none"
        xAxisProps={{ minTickGap: 48 }}
        yAxisProps={{ width: 40, allowDecimals: false }}
        areaChartProps={{ accessibilityLayer: false }}
        areaProps={{ isAnimationActive: false }}
      />
    </div>
  );
}
