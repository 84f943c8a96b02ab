// PouchDB Server in memory, on any free port of the loopback interface. Prints
// "listening on http://127.0.0.1:PORT" when it is ready; TERM ends it.
//
// pouchdb-server takes no port 0, so its listen() is told another one. Run it from the folder that
// holds node_modules, with a scratch directory as argument: configuration and log go there.
'use strict';

const http = require('http');
const path = require('path');
const { createRequire } = require('module');

const scratch = path.resolve(process.argv[2] || '.');
const installed = createRequire(path.join(process.cwd(), 'package.json'));

process.argv.splice(2, process.argv.length, '--in-memory', '--no-stdout-logs', '--port', '1',
                    '--dir', scratch, '--config', path.join(scratch, 'config.json'));

const listen = http.Server.prototype.listen;
http.Server.prototype.listen = function (port, host, ready) {
  return listen.call(this, 0, '127.0.0.1', () => {
    ready();
    console.log('listening on http://127.0.0.1:' + this.address().port);
  });
};

process.on('SIGTERM', () => process.exit(0));
process.chdir(scratch);
installed('pouchdb-server/lib/index.js');
