import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 4031, proxy: { "/api": "http://127.0.0.1:4030", "/session": "http://127.0.0.1:4030" } },
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // The policy of the pages allows no data: fonts, and few small files are worth a request saved.
    assetsInlineLimit: 0,
    manifest: true,
  },
});
