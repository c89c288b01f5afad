// node server.js ADDRESS PORT DIRECTORY: an S3 server with the bucket "backups"; key id and secret are S3RVER.
'use strict';

const S3rver = require('@20minutes/s3rver');

const [address, port, directory] = process.argv.slice(2);
new S3rver({ address, port: Number(port), directory, silent: false, configureBuckets: [{ name: 'backups' }] })
  .run()
  .then((found) => console.log(`listening at ${found.address}:${found.port}`));
