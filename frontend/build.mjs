// Bundle the editor into the folder given as the first argument; prints the name of the file, which carries its hash.
import {build} from "esbuild";
import {basename} from "node:path";

const out = process.argv[2];
if (!out) {
  console.error("usage: node build.mjs FOLDER");
  process.exit(2);
}
const result = await build({
  entryPoints: {editor: "src/editor.js"},
  outdir: out,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2021"],
  legalComments: "linked",
  metafile: true,
  logLevel: "warning",
});
const name = Object.entries(result.metafile.outputs).find(([, output]) => output.entryPoint)?.[0];
console.log(basename(name));
