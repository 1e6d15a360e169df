// Bundles what verify.html runs, and packs the C2PA library beside it: node web/verify/build.mjs [FOLDER]
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2] ?? here("../../src/vivavoce/publish/pages");
const library = createRequire(import.meta.url).resolve("@contentauth/c2pa-web/resources/c2pa.wasm");

await build({
  entryPoints: [here("src/main.js")],
  outfile: join(folder, "verify.js"),
  bundle: true,
  minify: true,
  format: "iife",
  charset: "utf8",
  target: ["chrome111", "firefox113", "safari16.4"],
  banner: {
    js:
      "/*! vivavoce verify, Apache-2.0, with @contentauth/c2pa-web, MIT, highgain and ts-deepmerge, ISC. " +
      "Built from web/verify by web/verify/build.mjs: do not edit. */",
  },
  logLevel: "warning",
});
// by Python, which is there wherever vivavoce is; a program xz may not be
const pack = "import lzma, sys; sys.stdout.buffer.write(lzma.compress(sys.stdin.buffer.read(), preset=9 | lzma.PRESET_EXTREME))";
const options = { input: await readFile(library), maxBuffer: 2 ** 28 };
await writeFile(join(folder, "c2pa.wasm.xz"), execFileSync("python3", ["-c", pack], options));
