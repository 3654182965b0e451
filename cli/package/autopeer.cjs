#!/usr/bin/env node
// The package's command. An old Node must be able to read this file, so that it can say that it is too old.
'use strict';

var OLDEST = 20;
var version = process.versions.node;

if (Number(version.split('.')[0]) < OLDEST) {
  process.stderr.write(
    'autopeer: Node ' + version + ' is too old: autopeer needs Node ' + OLDEST + ' or later\n',
  );
  process.exit(2);
}

import('./main.js').catch(function (error) {
  process.stderr.write('autopeer: ' + ((error && error.message) || error) + '\n');
  process.exit(2);
});
