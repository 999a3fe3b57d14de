import { copyDocsAssets } from "@carewire/service-kit";

copyDocsAssets("dist");
