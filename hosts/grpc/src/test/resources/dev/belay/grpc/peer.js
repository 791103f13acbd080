// A client or a server by grpc-js, whose messages are text. It says what happens, a line each.
const grpc = require('@grpc/grpc-js');
const text = { serialize: (s) => Buffer.from(s), deserialize: (b) => b.toString() };
const method = (name, responseStream) => ({
  path: '/pay.Pay/' + name,
  requestStream: false,
  responseStream,
  requestSerialize: text.serialize,
  requestDeserialize: text.deserialize,
  responseSerialize: text.serialize,
  responseDeserialize: text.deserialize,
});
const service = { Charge: method('Charge', false), Watch: method('Watch', true) };
const [role, port, name, millis] = process.argv.slice(1);

function client() {
  const Pay = grpc.makeGenericClientConstructor(service, 'Pay');
  const pay = new Pay('127.0.0.1:' + port, grpc.credentials.createInsecure());
  const options = millis ? { deadline: Date.now() + Number(millis) } : {};
  const over = (failure) => {
    console.log('status ' + (failure ? failure.code : 0));
    process.exit(0);
  };
  let call;
  if (name === 'Watch') {
    call = pay.Watch('10', options);
    call.on('data', (answer) => console.log('answer ' + answer));
    call.on('error', over);
    call.on('end', () => over());
  } else {
    call = pay.Charge('10', options, over);
  }
  process.stdin.on('data', () => call.cancel());
}

function server() {
  const served = new grpc.Server();
  served.addService(service, {
    Charge: (call) => {
      const deadline = call.getDeadline();
      console.log('left ' + (Number.isFinite(+deadline) ? +deadline - Date.now() : 'none'));
      call.on('cancelled', () => console.log('cancelled'));
    },
    Watch: (call) => call.end(),
  });
  served.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (failure, bound) =>
    console.log('port ' + bound));
}

role === 'client' ? client() : server();
