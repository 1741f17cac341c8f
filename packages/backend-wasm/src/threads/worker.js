// A thread of the pool. Plain JavaScript, because Node runs this file from the sources too, in tests.
//
// It never returns to its event loop: it watches one word of shared memory. The pool sets it to `posted` when there is a call
// to make; the thread sets it to `running`, and when the call has ended to `idle` or `failed`.

/** Node gives a worker its task when it starts, browsers in a message. */
const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (threads) start(threads.workerData, (message) => threads.parentPort.postMessage(message));
else addEventListener('message', ({ data }) => start(data, postMessage), { once: true });

/** Thrown anew outside of the promise: browsers tell the pool of no other errors. */
function start(task, post) {
  serve(task, post).catch((error) =>
    setTimeout(() => {
      throw error;
    }),
  );
}

async function serve({ module, memory, mailbox, states, spinMs, added }, post) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  if (added) {
    const { createKernels } = await import(/* @vite-ignore */ added.location);
    const more = await createKernels(added.task, { memory, exports });
    kernels.push(...added.names.map((name) => more[name]));
  }
  const { state, call, failure } = mailbox;
  post('ready');
  for (;;) {
    awaitState(state, states.posted, spinMs);
    // The caller takes calls back that it gets to first.
    if (Atomics.compareExchange(state, 0, states.posted, states.running) !== states.posted) continue;
    let outcome = states.idle;
    try {
      const [kernel, length] = call;
      kernels[kernel](...call.subarray(2, 2 + length));
    } catch (error) {
      // Cut to the room there is; a browser refuses to encode into shared memory.
      failure.fill(0).set(new TextEncoder().encode(String(error)).subarray(0, failure.length - 1));
      outcome = states.failed;
    }
    Atomics.store(state, 0, outcome);
    Atomics.notify(state, 0);
  }
}

/** Spins first: waking a sleeping thread takes longer than most pauses between two kernels. */
function awaitState(state, wanted, spinMs) {
  const end = performance.now() + spinMs;
  do {
    for (let i = 0; i < 100; i += 1) if (Atomics.load(state, 0) === wanted) return;
  } while (performance.now() < end);
  for (let seen = Atomics.load(state, 0); seen !== wanted; seen = Atomics.load(state, 0)) Atomics.wait(state, 0, seen);
}
