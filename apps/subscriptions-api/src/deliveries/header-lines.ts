export { readHeaderLines } from "@carewire/service-kit";
