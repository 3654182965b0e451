/**
 * What the sources use of JavaScript and Node 20 lacks; everything else of TypeScript's es2025 it has. Each does nothing where the
 * engine has its own.
 */
import 'core-js/es/iterator/index.js';
import 'core-js/es/map/group-by.js';
import 'core-js/es/object/group-by.js';
import 'core-js/es/promise/try.js';
import 'core-js/es/promise/with-resolvers.js';
import 'core-js/es/regexp/escape.js';
import 'core-js/es/set/index.js';
