// Bundles the player into one classic script that the package ships: node web/player/build.mjs [OUTFILE]
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** A style sheet as a string without white space, for a constructed style sheet. */
const styleSheets = {
  name: "style-sheets",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await build({
  entryPoints: [here("src/main.js")],
  outfile: process.argv[2] ?? here("../../src/vivavoce/encode/pages/vivavoce-player.js"),
  bundle: true,
  minify: true,
  format: "iife",
  charset: "utf8",
  target: ["chrome111", "firefox113", "safari16.4"],
  banner: { js: "/*! vivavoce player, Apache-2.0. Built from web/player by web/player/build.mjs: do not edit. */" },
  plugins: [styleSheets],
  logLevel: "warning",
});
