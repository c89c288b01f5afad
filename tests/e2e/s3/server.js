// node server.js ADDRESS PORT DIRECTORY: an S3 server with the bucket "backups"; key id and secret are S3RVER.
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const S3rver = require('@20minutes/s3rver');
const v4 = require('@20minutes/s3rver/lib/signature/v4');

// What is signed is the path as it was sent; the server puts one together of bucket and key, without the slash that clients send behind a bucket.
const paths = new AsyncLocalStorage();
const signed = v4.getStringToSign;
v4.getStringToSign = (request, how) => signed({ ...request, uri: paths.getStore() }, how);

class Server extends S3rver {
  callback() {
    const handle = super.callback();
    return (request, response) => paths.run(request.url.split('?')[0], () => handle(request, response));
  }
}

const [address, port, directory] = process.argv.slice(2);
new Server({ address, port: Number(port), directory, silent: false, configureBuckets: [{ name: 'backups' }] })
  .run()
  .then((found) => console.log(`listening at ${found.address}:${found.port}`));
