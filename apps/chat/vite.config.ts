import { defineConfig } from "vite";

const relay = { target: `http://127.0.0.1:${process.env["PORT"] ?? "8080"}`, ws: true };

export default defineConfig({
  resolve: { conditions: ["@peerloom/source", "module", "browser", "development|production"] },
  build: { target: "es2023", reportCompressedSize: true },
  // `vite` alone serves the page; its relay is the demo, started beside it.
  server: { proxy: { "/socket.io": relay } },
});
