// Exceptions for the modules that a page downloads, in place of the C++ library's.
//
// The library's ways to throw and catch match types at run time, by tables that every function with
// a handler brings and 5 KB of code that reads them. No handler in these modules names a type
// (support/error.h, caught_error), and for `catch (...)` and destructors WebAssembly's own
// instructions do all of it. What is left to do is here: to keep the object that is thrown until
// the last handler is done with it.
//
// Refuses to hold more than kMost exceptions at once, those in flight and those being handled: a
// call nests three handlers at most. They lie in place, so that an error is thrown without memory
// as well. One thread.
#include <cstddef>
#include <exception>
#include <new>

#include "support/error.h"

namespace {

struct Thrown {
  // First, so that its address is this one's. It is what the throw instruction passes on.
  alignas(16) unsigned char object[96];
  const void* type;
  void* (*destroy)(void*);  // destructors return the object in WebAssembly
  Thrown* outer;            // the exception whose handler this one's handler stands in
  // How many handlers are at work with it; negative while it is thrown on by one of them.
  int handlers;
  bool used;
};

constexpr std::size_t kMost = 8;
Thrown all[kMost];
Thrown* innermost;

static_assert(sizeof(storewise::Error) <= sizeof(Thrown::object));

// Not inlined: into a caller with a handler the instruction cannot be put.
[[noreturn, gnu::noinline]] void raise(Thrown* thrown) { __builtin_wasm_throw(0, thrown->object); }

Thrown* of(void* object) { return static_cast<Thrown*>(object); }

}  // namespace

extern "C" {

extern const char kErrorType[] __asm__("_ZTIN9storewise5ErrorE");

// What type information refers to; read by the library alone, which is not there.
extern const void* const kClass[3] __asm__("_ZTVN10__cxxabiv117__class_type_infoE") = {};
extern const void* const kDerived[3] __asm__("_ZTVN10__cxxabiv120__si_class_type_infoE") = {};

// Every function with a handler names the one who matches types; nobody calls it.
void __gxx_wasm_personality_v0() { __builtin_trap(); }

void* __cxa_allocate_exception(std::size_t size) noexcept {
  for (Thrown& thrown : all) {
    if (thrown.used || size > sizeof thrown.object) continue;
    thrown.used = true;
    return thrown.object;
  }
  __builtin_trap();
}

void __cxa_free_exception(void* object) noexcept { of(object)->used = false; }

[[noreturn]] void __cxa_throw(void* object, void* type, void* (*destroy)(void*)) {
  Thrown* thrown = of(object);
  thrown->type = type;
  thrown->destroy = destroy;
  thrown->handlers = 0;
  raise(thrown);
}

void* __cxa_begin_catch(void* object) noexcept {
  Thrown* thrown = of(object);
  thrown->handlers = (thrown->handlers < 0 ? -thrown->handlers : thrown->handlers) + 1;
  if (thrown != innermost) {
    thrown->outer = innermost;
    innermost = thrown;
  }
  return object;
}

void __cxa_end_catch() {
  Thrown* thrown = innermost;
  if (thrown->handlers < 0) {
    // It is on its way out of this handler.
    if (++thrown->handlers == 0) innermost = thrown->outer;
    return;
  }
  if (--thrown->handlers > 0) return;
  innermost = thrown->outer;
  if (thrown->destroy != nullptr) thrown->destroy(thrown->object);
  thrown->used = false;
}

[[noreturn]] void __cxa_rethrow() {
  innermost->handlers = -innermost->handlers;
  raise(innermost);
}

}  // extern "C"

namespace storewise {

const Error* caught_error() {
  return innermost->type == kErrorType
             ? std::launder(reinterpret_cast<const Error*>(innermost->object))
             : nullptr;
}

}  // namespace storewise

namespace std {

void terminate() noexcept { __builtin_trap(); }

// What operator new asks before it gives up.
new_handler get_new_handler() noexcept { return nullptr; }

}  // namespace std
