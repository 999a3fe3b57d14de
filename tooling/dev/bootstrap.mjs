// First step of `npm start`, `npm test`, `npm run check` and `npm run bench`. Plain syntax and no imports of its own, so
// that even a very old Node gets the sentence and not a syntax error.
var oldestNodeMajor = 20;

if (Number(process.versions.node.split(".")[0]) < oldestNodeMajor) {
  console.error(
    "Carewire needs Node " +
      oldestNodeMajor +
      " or newer, this is " +
      process.version +
      ": install a newer Node and run the command again.",
  );
  process.exit(1);
}

import("./launch.mjs");
