import { defineConfig } from "vite";

export default defineConfig({
  resolve: { conditions: ["@peerloom/source", "module", "browser", "development|production"] },
});
