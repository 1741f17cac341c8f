import { createHash } from 'node:crypto';

/**
 * What the addon has besides tfjs's binding: functions of TensorFlow, which are several operations that run in one go, and an
 * `executeOp` that no signal interrupts.
 *
 * Compiled in place of tfjs_binding.cc, which it includes.
 */
export const addonSource = `
#include <memory>
#include <string>
#include <unordered_map>
#include <node_api.h>
#include <pthread.h>
#include <signal.h>
#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"
// The binding keeps TensorFlow's context to itself.
#define private public
#include "binding/tfjs_backend.h"
#undef private
// The module is registered below, with two functions more.
#undef NAPI_MODULE
#define NAPI_MODULE(name, init)
#include "binding/tfjs_binding.cc"

namespace {

// Holds back signals from this thread, and for good from threads that are started meanwhile. TensorFlow's matrix products on
// the CPU keep values below the stack pointer, where the handler of a signal writes, such as that of a profiler.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t held;
    sigfillset(&held);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&held, fault);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// executeOpHeld(...): executeOp of the binding.
napi_value ExecuteOpHeld(napi_env env, napi_callback_info info) {
  SignalsHeld held;
  return tfnodejs::ExecuteOp(env, info);
}

// addFunction(definition: Uint8Array): makes the function known that a serialized FunctionDef describes.
napi_value AddFunction(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value definition;
  napi_get_cb_info(env, info, &count, &definition, nullptr, nullptr);
  void *bytes = nullptr;
  size_t length = 0;
  if (napi_get_typedarray_info(env, definition, nullptr, &length, &bytes, nullptr, nullptr) != napi_ok) {
    napi_throw_type_error(env, nullptr, "addFunction: expected a Uint8Array");
    return nullptr;
  }
  tfnodejs::TFJSBackend *backend = nullptr;
  napi_get_instance_data(env, reinterpret_cast<void **>(&backend));
  tfnodejs::TF_AutoStatus status;
  TFE_ContextAddFunctionDef(backend->tfe_context_, static_cast<const char *>(bytes), length, status.status);
  tfnodejs::EnsureTFOK(env, status, __FILE__, __LINE__);
  return nullptr;
}

void Export(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function) == napi_ok)
    napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  SignalsHeld held;
  exports = tfnodejs::InitTFNodeJSBinding(env, exports);
  if (exports == nullptr) return nullptr;
  Export(env, exports, "addFunction", AddFunction);
  Export(env, exports, "executeOpHeld", ExecuteOpHeld);
  return exports;
}
`;

/** Changes with {@link addonSource}, so that an addon of another version of this package is not taken for one of this. */
export const addonSourceDigest: string = createHash('sha256').update(addonSource).digest('hex').slice(0, 12);
