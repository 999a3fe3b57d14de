import shared from "@carewire/vitest-config";

export default shared;
