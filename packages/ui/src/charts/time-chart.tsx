import "@mantine/charts/styles.css";
import { AreaChart } from "@mantine/charts";

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

const toTheMinute = { hour: "2-digit", minute: "2-digit" } as const;
const minutes = new Intl.DateTimeFormat("en-GB", toTheMinute);
const seconds = new Intl.DateTimeFormat("en-GB", { ...toTheMinute, second: "2-digit" });
const minuteMs = 60_000;

/** Moments less than a minute apart are told apart by their seconds. */
function labelled(data: TimeChartProps["data"]): TimeChartProps["data"] {
  const times = data.map(({ at }) => Date.parse(String(at)));
  const format = times.length > 1 && (times[1] ?? 0) - (times[0] ?? 0) < minuteMs ? seconds : minutes;
  return data.map((moment, n) => ({ ...moment, at: format.format(times[n]) }));
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
