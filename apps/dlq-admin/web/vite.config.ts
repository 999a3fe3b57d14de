import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = "http://127.0.0.1:4020";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 4021, proxy: { "/admin": api, "/session": api } },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // The policy of the pages allows no data: fonts, and few small files are worth a request saved.
    assetsInlineLimit: 0,
    // Says which files a page loads first: their size is tested.
    manifest: true,
  },
});
