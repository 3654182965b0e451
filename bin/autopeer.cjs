#!/usr/bin/env node
// The command, in the package and in a clone. An old Node must be able to read this file, so that it can say that it is too old.
'use strict';

var fs = require('fs');
var path = require('path');

/** Only a clone has the sources; it brings the Node that runs them. */
var isClone = fs.existsSync(path.join(__dirname, '../cli/autopeer.ts'));
var OLDEST = isClone ? 24 : 20;
var version = process.versions.node;

if (Number(version.split('.')[0]) < OLDEST) {
  var hint = isClone ? '; npm run autopeer -- … brings its own' : '';
  process.stderr.write(
    'autopeer: Node ' + version + ' is too old: autopeer needs Node ' + OLDEST + ' or later' + hint + '\n',
  );
  process.exit(2);
}

import(isClone ? '../cli/autopeer.ts' : '../dist/main.js').catch(function (error) {
  process.stderr.write('autopeer: ' + ((error && error.message) || error) + '\n');
  process.exit(2);
});
