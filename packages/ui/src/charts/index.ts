export { type ChartSeries, TimeChart, type TimeChartProps } from "./time-chart.tsx";
